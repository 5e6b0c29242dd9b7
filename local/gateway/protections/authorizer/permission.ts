// Whether API Gateway may invoke an authorizer's function: without a permission AWS answers 500, so does the local run.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html

import { createHash } from "node:crypto";
import { type Graph, ofType } from "../../../../graph/resource";
import type { ApiIdentity } from "../../call";
import { matchesWildcard } from "../policy/wildcard";

/** Id that API Gateway would give an authorizer of a document: six characters, the same on every run. */
export function authorizerId(name: string): string {
  return parseInt(createHash("sha256").update(name).digest("hex").slice(0, 12), 16)
    .toString(36)
    .padStart(6, "0")
    .slice(-6);
}

export function mayInvokeAuthorizer(graph: Graph, api: ApiIdentity, name: string, functionArn: string): boolean {
  const source = `arn:${api.partition}:execute-api:${api.region}:${api.account}:${api.id}/authorizers/${authorizerId(name)}`;
  const [, , , , , , functionName, qualifier] = functionArn.split(":");
  return ofType(graph, "aws:lambda/permission:Permission").some(({ inputs }) => {
    const named = String(inputs["function"] ?? "");
    const parts = named.split(":");
    const grantedName = parts.length >= 7 ? parts[6] : parts.length === 1 ? named : undefined;
    const grantedQualifier = inputs["qualifier"] ?? parts[7];
    return (
      grantedName === functionName &&
      (grantedQualifier === undefined ? qualifier === undefined : grantedQualifier === qualifier) &&
      ["lambda:InvokeFunction", "lambda:*"].includes(String(inputs["action"])) &&
      inputs["principal"] === "apigateway.amazonaws.com" &&
      (inputs["sourceAccount"] === undefined || inputs["sourceAccount"] === api.account) &&
      (inputs["sourceArn"] === undefined || matchesWildcard(String(inputs["sourceArn"]), source))
    );
  });
}
