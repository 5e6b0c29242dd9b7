// Rules of security groups for HTTPS alone, and where S3 is: AWS's own list of its addresses in the region, which exists
// before the endpoint whose policy names the buckets.

import { getPrefixListOutput } from "@pulumi/aws/ec2";
import type * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";

export const https = { protocol: "tcp", fromPort: 443, toPort: 443 } as const;

/** Id of the list. Source: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html */
export function s3Addresses({ region }: Location, parent: pulumi.Resource): pulumi.Output<string> {
  return getPrefixListOutput({ name: `com.amazonaws.${region}.s3` }, { parent }).id;
}
