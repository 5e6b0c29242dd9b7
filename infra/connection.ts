// The AWS account that a stack is deployed to: an explicit provider, so that nothing depends on the shell's region. What holds
// for every resource is said here: the tags, and where the stack's roles stand.

import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { Provider, type ProviderArgs } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { type Location, partitionOf } from "./parts/location";
import type { Settings } from "./settings";

export interface Connection {
  readonly location: Location;
  readonly options: pulumi.ComponentResourceOptions;
}

/**
 * Connects to a region: its provider tags every resource with the project and the stack.
 * @param permissionsBoundary ARN of the policy that bounds every role; empty for none
 * @param name of the provider: each region that a stack uses has its own
 */
export async function connect(
  region: string,
  { permissionsBoundary }: Pick<Settings, "permissionsBoundary">,
  name = "aws",
): Promise<Connection> {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const provider = new Provider(name, {
    region: region as ProviderArgs["region"],
    defaultTags: { tags: { project, stack, "managed-by": "pulumi" } },
  });
  // The account alone: who asks (a person, a pipeline) must not change what is deployed.
  const { accountId } = await getCallerIdentity({}, { provider });
  const prefix = `${project}-${stack}`;
  return {
    location: { partition: partitionOf(region), region, account: accountId, prefix },
    options: { providers: [provider], transformations: [fence(`/${prefix}/`, permissionsBoundary)] },
  };
}

/**
 * Puts every role and policy below the stack's own path, and every role within the boundary. Here and not in each component,
 * so that none can be made without: what deploys a stack may touch no role outside, and make none that is unbounded (bootstrap/statements.ts).
 */
function fence(path: string, permissionsBoundary: string): pulumi.ResourceTransformation {
  const bounds = permissionsBoundary === "" ? {} : { permissionsBoundary };
  return ({ type, props, opts }) => {
    if (type === "aws:iam/role:Role") return { props: { ...props, path, ...bounds }, opts };
    if (type === "aws:iam/policy:Policy") return { props: { ...props, path }, opts };
    return undefined;
  };
}
