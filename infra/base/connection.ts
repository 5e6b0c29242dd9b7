// The connection to the AWS account of a stack: an explicit provider, so that nothing depends on the shell's region. It
// takes over the provider settings of the stack (`aws:profile`, the checks against a wrong account …), and applies what
// holds for every resource: the tags, the IAM path of roles and policies, and the permissions boundary of roles.

import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { Provider, type ProviderArgs } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { partitionOf } from "../../contract";
import type { Location } from "./location";

export interface Connection {
  readonly location: Location;
  readonly provider: Provider;
  readonly options: pulumi.ComponentResourceOptions;
}

/** The settings that a connection depends on. */
export interface ConnectionSettings {
  /** ARN of the permissions boundary of every role; empty for none. */
  readonly permissionsBoundary: string;
  /** Tags of every resource, besides the program's own. */
  readonly tags: Readonly<Record<string, string>>;
  readonly providers: { readonly aws: Partial<ProviderArgs> };
}

/**
 * Creates the provider of a region, which tags every resource with the project and the stack.
 * @param name name of the provider: each region that a stack uses has its own
 */
export async function connect(
  region: string,
  { permissionsBoundary, providers, tags }: ConnectionSettings,
  name = "aws",
): Promise<Connection> {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const given = (providers.aws.defaultTags ?? {}) as { readonly tags?: Readonly<Record<string, string>> };
  const provider = new Provider(name, {
    ...providers.aws,
    region: region as ProviderArgs["region"],
    defaultTags: { tags: { ...given.tags, ...tags, project, stack, "managed-by": "pulumi" } },
  });
  // Only the account id is used: the identity of the caller (a person, a pipeline) must not change what is deployed.
  const { accountId } = await getCallerIdentity({}, { provider });
  const prefix = `${project}-${stack}`;
  return {
    location: { partition: partitionOf(region), region, account: accountId, prefix },
    provider,
    options: { providers: [provider], transformations: [stackRoles(`/${prefix}/`, permissionsBoundary)] },
  };
}

/**
 * Puts every role and policy under the stack's own IAM path, and gives every role the permissions boundary. A
 * transformation does it rather than each component, so that no role is missed: whoever deploys a stack may change no
 * role outside that path, and create none without the boundary (bootstrap/statements.ts).
 */
function stackRoles(path: string, permissionsBoundary: string): pulumi.ResourceTransformation {
  const bounds = permissionsBoundary === "" ? {} : { permissionsBoundary };
  return ({ type, props, opts }) => {
    if (type === "aws:iam/role:Role") return { props: { ...props, path, ...bounds }, opts };
    if (type === "aws:iam/policy:Policy") return { props: { ...props, path }, opts };
    return undefined;
  };
}
