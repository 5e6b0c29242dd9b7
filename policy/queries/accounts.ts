// Which AWS accounts count as our own: those that contain resources of this program.

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

/** Our account numbers. @throws UnknownValue if no ARN is known yet, so that no account can be called foreign */
export function knownAccounts(view: View): Set<string> {
  const numbers = view.ofType(...owned).map((resource) => accountOf(resource));
  const accounts = new Set(numbers.filter((number) => number !== ""));
  if (accounts.size === 0) throw new UnknownValue("the program's account");
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
