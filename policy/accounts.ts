// Which accounts are ours: those in which the program's own resources stand.

import { text } from "./read";
import type { View } from "./view";

/** Types whose ARN names the account, and that nobody else can own. */
const owned = [
  "aws:iam/role:Role",
  "aws:lambda/function:Function",
  "aws:kms/key:Key",
  "aws:cloudwatch/logGroup:LogGroup",
];

/** Account numbers. @throws UnknownValue where nothing of ours stands yet. */
export function knownAccounts(view: View): Set<string> {
  const accounts = new Set<string>();
  let missing: unknown;
  for (const { outputs } of view.ofType(...owned)) {
    try {
      const account = text(outputs.arn).split(":")[4];
      if (account !== undefined && account !== "") accounts.add(account);
    } catch (error) {
      missing ??= error;
    }
  }
  // As long as no ARN is known, it cannot be told which account is foreign.
  if (accounts.size === 0 && missing !== undefined) throw missing as Error;
  return accounts;
}
