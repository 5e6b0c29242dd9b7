// HTTPS in rules of security groups, and the addresses of S3: AWS's own prefix list of the region. It exists
// beforehand, unlike the S3 endpoint, which is created last because its policy names the buckets.

import { getPrefixListOutput } from "@pulumi/aws/ec2";
import type * as pulumi from "@pulumi/pulumi";
import { endpointService, type Location } from "../base/location";

export const https = { protocol: "tcp", fromPort: 443, toPort: 443 } as const;

/**
 * Id of the prefix list.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
export function s3Addresses({ region }: Location, parent: pulumi.Resource): pulumi.Output<string> {
  return getPrefixListOutput({ name: endpointService(region, "s3") }, { parent }).id;
}
