// Names that the bootstrap gives, and that its users have to know before anything stands.

/** What the bootstrap is asked for. */
export interface Bootstrap {
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** The project's name, as in Pulumi.yaml. */
  readonly project: string;
  /** Stacks that get a key, a role and an environment. */
  readonly stacks: readonly string[];
}

/** An order of the bootstrap that cannot be carried out; its message is all that is shown. */
export class BootstrapError extends Error {}

/**
 * Refuses names that would be more than one name in a trust policy.
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
  return bootstrap;
}

/** Alias of the key that encrypts a stack's secrets in its state. */
export function secretsAlias(project: string, stack: string): string {
  return `alias/${project}-${stack}-secrets`;
}

/** Name of the role that deploys a stack. */
export function deployRole(project: string, stack: string): string {
  return `${project}-${stack}-deploy`;
}

/** Name of a part of what the deploying roles may do with the services. */
export function servicesPolicy(project: string, part: string): string {
  return `${project}-deploy-services-${part}`;
}

/** Name of the policy that bounds every role of every stack. */
export function boundaryPolicy(project: string): string {
  return `${project}-boundary`;
}

/** Path that a stack's roles and policies stand below, without the slashes around it; infra/connection.ts puts them there. */
export function ownPath(project: string, stack: string): string {
  return `${project}-${stack}`;
}

/** Name of the role that previews a stack. */
export function previewRole(project: string, stack: string): string {
  return `${project}-${stack}-preview`;
}

/** Name of the GitHub environment whose jobs may take that role. */
export function previewEnvironment(stack: string): string {
  return `preview-${stack}`;
}

/** Name of the secret that holds the Auth0 management client of a stack: `{"clientId": …, "clientSecret": …}`. */
export function auth0Secret(project: string, stack: string): string {
  return `${project}-${stack}-auth0`;
}
