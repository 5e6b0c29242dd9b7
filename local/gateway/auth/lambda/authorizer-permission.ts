// Whether API Gateway may invoke an authorizer's function. Without a permission the call fails with 500, as on AWS.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html

import { createHash } from "node:crypto";
import type { Graph } from "../../../../graph/resource";
import type { ApiIdentity } from "../../../server/call";
import { functionRef, mayInvoke } from "../../integration/invoke-permission";

/** Stands in for the authorizer id that API Gateway assigns: six characters, the same in every run. */
export function authorizerId(name: string): string {
  const number = parseInt(createHash("sha256").update(name).digest("hex").slice(0, 12), 16);
  return number.toString(36).padStart(6, "0").slice(-6);
}

export function mayInvokeAuthorizer(graph: Graph, api: ApiIdentity, name: string, functionArn: string): boolean {
  const target = functionRef(functionArn);
  const source = `arn:${api.partition}:execute-api:${api.region}:${api.account}:${api.id}/authorizers/${authorizerId(name)}`;
  return target !== undefined && mayInvoke(graph, target, source);
}
