// What an added resource grants: the properties of a new policy, role, permission or destination that a reviewer must see. Other
// new resources are told by name alone, so that the report of a new module stays short.

import type { Comparable } from "../version/comparable";
import { documentOf, isTree, type PropertyChange, shown } from "./differences";

/** Types of which every property is shown: they let somebody do something, or send data somewhere. */
const granting =
  /:(iam|ram|organizations|vpc)\/|polic|role|permission|grant|attachment|member|binding|iam|securitygroup|(bucket|object|network)acl|subscription|eventtarget|connection|peering|invit|replicat|functionurl|oidc|federat|identityprovider|bucketlogging|flowlog|deliverystream|poolclient|index\/client/i;

/** Properties that are shown of any type. */
const telling = /principal|cidr|destination|members?$|^endpoint$|url$|uri$|accounts?$|role(arn)?$/i;

/** Properties that say nothing about who may do what. */
const silent = /^(tags|tagsAll|description|name|namePrefix|path|forceDetachPolicies)$/;

/** One entry for each statement of an IAM policy that allows something, and one for all other properties. */
export function grantsOf(type: string, inputs: Readonly<Record<string, Comparable>>): PropertyChange[] {
  const all = granting.test(type.slice(type.indexOf(":")));
  const entries = Object.entries(inputs).filter(([, value]) => value !== null && value !== "");
  const statements = entries.flatMap(([key, value]) =>
    (statementsOf(value) ?? []).map((after, index) => ({ path: `${key}.${index}`, after })),
  );
  const others = entries
    .filter(([key, value]) => (all || telling.test(key)) && !silent.test(key) && statementsOf(value) === undefined)
    .map(([key, value]) => `${key} ${shown(value)}`);
  const allowing = statements.filter(({ after }) => !after.startsWith("Deny; "));
  return [...allowing, ...(others.length === 0 ? [] : [{ path: "properties", after: others.join("; ") }])];
}

/** The statements of an IAM policy, a line each; `undefined` if the value is none. */
function statementsOf(value: Comparable): string[] | undefined {
  const document = documentOf(value);
  if (!isTree(document) || document.Statement === undefined) return undefined;
  const { Statement: found } = document;
  return (Array.isArray(found) ? found : [found]).map(statement);
}

/** For example `Allow; Principal {"Service":"lambda.amazonaws.com"}; Action sts:AssumeRole`. */
function statement(value: Comparable): string {
  if (!isTree(value)) return shown(value);
  const parts = Object.entries(value).filter(([key]) => key !== "Sid" && key !== "Effect");
  const words = parts.map(([key, item]) => `${key} ${typeof item === "string" ? item : shown(item)}`);
  return [typeof value.Effect === "string" ? value.Effect : "no effect", ...words].join("; ");
}
