// Which accounts are ours: those in which the program's own resources stand.

import type { Resource } from "../graph/resource";
import { text } from "./read";
import { UnknownValue } from "./unknown";
import type { View } from "./view";

/** Types whose ARN names the account, and that nobody else can own. */
const owned = [
  "aws:iam/role:Role",
  "aws:lambda/function:Function",
  "aws:kms/key:Key",
  "aws:cloudwatch/logGroup:LogGroup",
];

/** Account numbers. @throws UnknownValue where no ARN of ours is known: then nobody can tell which account is foreign. */
export function knownAccounts(view: View): Set<string> {
  const numbers = view.ofType(...owned).map((resource) => accountOf(resource));
  const accounts = new Set(numbers.filter((number) => number !== ""));
  if (accounts.size === 0) throw new UnknownValue("the program's account");
  return accounts;
}

/**
 * The account of a principal or an ARN, where it is none of ours; `undefined` where it is, and for a name without an account.
 * @throws UnknownValue
 */
export function foreignAccount(name: string, view: View): string | undefined {
  const account = /^(?:(?:AWS|Federated):)?(?:arn:[\w-]+:[\w-]+:[\w-]*:)?(\d{12})\b/.exec(name)?.[1];
  return account === undefined || knownAccounts(view).has(account) ? undefined : account;
}

function accountOf({ outputs }: Resource): string {
  try {
    return text(outputs.arn).split(":")[4] ?? "";
  } catch {
    return ""; // not known yet
  }
}
