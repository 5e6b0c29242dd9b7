// Whether an ARN covers more than a named resource: a wildcard may follow a whole name, never cut one off or replace it.

/** Services in whose ARNs the resource part starts with a name instead of a resource type. */
const named = ["s3", "execute-api", "sqs", "sns"];

/**
 * Names whose ends AWS chooses: the jobs of SageMaker's pipelines (`pipelines-<execution>-<step>-…`), and a secret's six
 * random characters.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
const given = /^(?:\w+-job\/pipelines-\*|secret:[^*?]+-\?{6})$/;

/** Wildcards, and variables (`${…}`), which a caller's tag may fill. */
const open = /[*?]|\$\{/;

export function isWide(arn: string): boolean {
  const [scheme, partition = "", service = "", , account = "", ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (scheme !== "arn" || resource === "" || open.test(partition + service + account)) return true;
  if (!open.test(resource) || given.test(resource)) return false;
  const segments = resource.split(/[:/]/).filter((segment) => segment !== "");
  const whole = segments.slice(
    named.includes(service) ? 0 : 1,
    segments.findIndex((segment) => open.test(segment)),
  );
  // `/aws/<service>/` is common to the log groups of all stacks.
  return whole.length < (whole[0] === "aws" ? 3 : 1);
}
