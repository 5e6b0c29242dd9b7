// Shared by the rules on web ACLs: their rules, managed rule groups and logging.

import type { Resource } from "../../../graph/resource";
import { at, list, record } from "../../queries/read";
import type { View } from "../../queries/view";

export const webAclType = "aws:wafv2/webAcl:WebAcl";

/** The rules of a web ACL in the provider's form; nested statements (and/or/not) are not unfolded. */
export function rulesOf({ inputs }: Resource): unknown[] {
  return [...list(inputs.rules)];
}

/**
 * The managed rule groups of a web ACL by name: their statement, and whether the group blocks rather than only counts.
 */
export function managedGroups(acl: Resource): Map<string, { readonly statement: unknown; readonly blocks: boolean }> {
  return new Map(
    rulesOf(acl).flatMap((rule) => {
      const statement = at(rule, "statement", "managedRuleGroupStatement");
      const blocks =
        at(rule, "overrideAction", "none") !== undefined && at(rule, "overrideAction", "count") === undefined;
      return statement === undefined ? [] : [[String(record(statement).name), { statement, blocks }] as const];
    }),
  );
}

/** Whether there is anything at a path of keys: the provider gives what is not set as null, or not at all. */
export function isSet(value: unknown, ...path: readonly string[]): boolean {
  return list(at(value, ...path)).length > 0;
}

export function loggingOf(acl: Resource, view: View): readonly Resource[] {
  return view.pointingAt(acl, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "resourceArn");
}
