// What an ARN or a principal names: which account (our own are those that contain resources of this program), and whether it
// covers more than a named resource.

import type { Resource } from "../../graph/resource";
import { text } from "./read";
import { UnknownValue } from "./unknown";
import type { View } from "./view";

/** Types whose ARN contains the account, and that the program creates in its own account only. */
const owned = [
  "aws:iam/role:Role",
  "aws:lambda/function:Function",
  "aws:kms/key:Key",
  "aws:cloudwatch/logGroup:LogGroup",
];

const known = new WeakMap<View, Set<string>>();

/** Our account numbers. @throws UnknownValue if no ARN is known yet, so that no account can be called foreign */
function knownAccounts(view: View): Set<string> {
  const before = known.get(view);
  if (before !== undefined) return before;
  const numbers = view.ofType(...owned).map((resource) => accountOf(resource));
  const accounts = new Set(numbers.filter((number) => number !== ""));
  if (accounts.size === 0) throw new UnknownValue("the program's account");
  known.set(view, accounts);
  return accounts;
}

/**
 * The account of a principal or an ARN if it is foreign; `undefined` if it is our own or the name contains no account.
 * @throws UnknownValue if our own accounts are not known yet
 */
export function foreignAccount(name: string, view: View): string | undefined {
  const account = /^(?:(?:AWS|Federated):)?(?:arn:[\w-]+:[\w-]+:[\w-]*:)?(\d{12})\b/.exec(name)?.[1];
  return account === undefined || knownAccounts(view).has(account) ? undefined : account;
}

/** Whether the principal, without its kind, is a whole account: its number, or its root's ARN. */
export function isWholeAccount(principal: string): boolean {
  return /^(arn:[\w-]+:iam::)?\d{12}(:root)?$/.test(principal);
}

function accountOf({ outputs }: Resource): string {
  try {
    return text(outputs.arn).split(":")[4] ?? "";
  } catch {
    return ""; // not known yet
  }
}

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

/** Whether an ARN covers more than a named resource: a wildcard may follow a whole name, never cut one off or replace it. */
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
