// The AWS account that a stack is deployed to: an explicit provider, so that nothing depends on the shell's region.

import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { Provider, type ProviderArgs } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { type Location, partitionOf } from "./parts/location";

export interface Connection {
  readonly location: Location;
  readonly options: pulumi.ComponentResourceOptions;
}

/**
 * Connects to a region: its provider tags every resource with the project and the stack.
 * @param name of the provider: each region that a stack uses has its own
 */
export async function connect(region: string, name = "aws"): Promise<Connection> {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const provider = new Provider(name, {
    region: region as ProviderArgs["region"],
    defaultTags: { tags: { project, stack, "managed-by": "pulumi" } },
  });
  // The account alone: who asks (a person, a pipeline) must not change what is deployed.
  const { accountId } = await getCallerIdentity({}, { provider });
  return {
    location: { partition: partitionOf(region), region, account: accountId, prefix: `${project}-${stack}` },
    options: { providers: [provider] },
  };
}
