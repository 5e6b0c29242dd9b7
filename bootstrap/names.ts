// Names that the bootstrap gives to resources, and that workflows and documentation refer to.

/** Arguments of the bootstrap. */
export interface Bootstrap {
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** The project's name, as in Pulumi.yaml. */
  readonly project: string;
  /** Stacks that get a key and roles. */
  readonly stacks: readonly string[];
}

/** An argument of the bootstrap is invalid; only its message is shown to the user. */
export class BootstrapError extends Error {}

/**
 * Refuses names that are too long, or have characters with a meaning in ARNs and trust policies (`*`, `:`).
 * @throws BootstrapError naming the argument
 */
export function checked(bootstrap: Bootstrap): Bootstrap {
  const { repository, project, stacks } = bootstrap;
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/.test(repository))
    throw new BootstrapError("--repository: must be owner/name, as on GitHub");
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(project))
    throw new BootstrapError(
      "project: the name in Pulumi.yaml must be 1 to 32 lower-case letters, digits and hyphens, and begin with a letter",
    );
  const wrong = stacks.find((stack) => !/^[a-z][a-z0-9-]{0,23}$/.test(stack));
  if (wrong !== undefined || stacks.length === 0)
    throw new BootstrapError(
      "--stack: must be 1 to 24 lower-case letters, digits and hyphens, and begin with a letter",
    );
  // Of a role's name IAM takes 64 characters, fewer than the longest project's, stack's and suffix together.
  const long = stacks.find((stack) => previewRole(project, stack).length > 64);
  if (long !== undefined)
    throw new BootstrapError(
      `--stack: the names of the project and of ${long} must have at most 55 characters together, or IAM refuses their roles`,
    );
  return bootstrap;
}

/** Alias of the KMS key that encrypts the secrets in a stack's state (Pulumi's secrets provider). */
export function secretsAlias(project: string, stack: string): string {
  return `alias/${project}-${stack}-secrets`;
}

/** Name of the role that deploys a stack. */
export function deployRole(project: string, stack: string): string {
  return `${project}-${stack}-deploy`;
}

/** Name of one of the managed policies with the deployment roles' service permissions. */
export function servicesPolicy(project: string, part: string): string {
  return `${project}-deploy-services-${part}`;
}

/** Name of the permissions boundary of all roles of all stacks. */
export function boundaryPolicy(project: string): string {
  return `${project}-boundary`;
}

/** IAM path of a stack's roles and policies, without the slashes around it; `infra/base/connection.ts` sets it. */
export function ownPath(project: string, stack: string): string {
  return `${project}-${stack}`;
}

/** Name of the role that previews a stack. */
export function previewRole(project: string, stack: string): string {
  return `${project}-${stack}-preview`;
}

/** Name of the GitHub environment whose jobs may assume the preview role. */
export function previewEnvironment(stack: string): string {
  return `preview-${stack}`;
}

/** Name of the secret that holds the Auth0 management client of a stack: `{"clientId": …, "clientSecret": …}`. */
export function auth0Secret(project: string, stack: string): string {
  return `${project}-${stack}-auth0`;
}

/** Name of the role that looks for drift of a stack. */
export function driftRole(project: string, stack: string): string {
  return `${project}-${stack}-drift`;
}

/** Name of the GitHub environment whose jobs may assume the drift role. */
export function driftEnvironment(stack: string): string {
  return `drift-${stack}`;
}

/** Name of the managed policy with which drift roles read the services. */
export function readPolicy(project: string): string {
  return `${project}-read-services`;
}

/** Name of the secret that holds an Auth0 management client that only reads. */
export function auth0DriftSecret(project: string, stack: string): string {
  return `${project}-${stack}-drift-auth0`;
}

/** Version of the policy language. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
export const policyVersion = "2012-10-17";
