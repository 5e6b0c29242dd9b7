// Whether API Gateway may invoke a function: evaluates the function's resource policy, the
// `aws:lambda/permission:Permission`s.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html

import type { FunctionRef } from "../../../graph/function-ref";
import { type Graph, ofType, type Resource, regionOf } from "../../../graph/resource";
import { matchesArn } from "../../iam/wildcard";

/**
 * Whether a permission lets API Gateway invoke the function on behalf of a request.
 * @param sourceArn `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<resource template>`, or
 *   `…/authorizers/<id>`
 */
export function mayInvoke(graph: Graph, target: FunctionRef, sourceArn: string): boolean {
  return ofType(graph, "aws:lambda/permission:Permission").some((permission) => allows(permission, target, sourceArn));
}

function allows({ inputs }: Resource, target: FunctionRef, sourceArn: string): boolean {
  const { action, principal, qualifier, sourceArn: pattern, sourceAccount } = inputs;
  if (principal !== "apigateway.amazonaws.com") return false;
  if (action !== "lambda:InvokeFunction" && action !== "lambda:*") return false;
  // Conditions that an invocation by API Gateway never meets.
  if (isSet(inputs["principalOrgId"]) || isSet(inputs["eventSourceToken"]) || isSet(inputs["functionUrlAuthType"]))
    return false;
  if (inputs["invokedViaFunctionUrl"] === true) return false;
  const named = namedFunction(inputs["function"], target);
  if (named === undefined) return false;
  // The name may contain the qualifier. Lambda rejects a permission whose two qualifiers differ, and any on `$LATEST`.
  // https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
  if (named !== "" && isSet(qualifier) && qualifier !== named) return false;
  const own = isSet(qualifier) ? qualifier : named;
  if (own === "$LATEST") return false;
  // An alias has its own policy: a permission without the qualifier does not apply to it.
  if (own !== target.qualifier) return false;
  if (isSet(sourceAccount) && sourceAccount !== sourceArn.split(":")[4]) return false;
  return !isSet(pattern) || (typeof pattern === "string" && matchesArn(pattern, sourceArn));
}

/** `name`, `account:function:name` or an ARN, each optionally with `:qualifier`. */
const functionName =
  /^(?:(?:arn:[^:]+:lambda:([a-z0-9-]+):)?(\d{12}):function:)?([A-Za-z0-9_-]{1,64})(?::([A-Za-z0-9_$-]{1,128}))?$/;

/** The qualifier in a name of the function, empty if it has none; `undefined` if the name is another function's. */
function namedFunction(named: unknown, target: FunctionRef): string | undefined {
  const [, region, account, name, qualifier] = (typeof named === "string" && functionName.exec(named)) || [];
  if (name !== target.name || (account !== undefined && account !== target.account)) return undefined;
  if (region !== undefined && region !== regionOf(target.arn)) return undefined;
  return qualifier ?? "";
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
