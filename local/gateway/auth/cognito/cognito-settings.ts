// The settings of a user pool authorizer: `x-amazon-apigateway-authorizer` of type cognito_user_pools, parsed strictly.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html

import { dnsSuffix } from "../../../../contract";
import { type Graph, ofType } from "../../../../graph/resource";
import { Unenforceable } from "../../../base/unenforceable";
import type { NamedScheme } from "../security";

export interface PoolSettings {
  /** Name of the header that contains the token, in lower case. */
  readonly header: string;
  readonly pools: readonly Pool[];
}

export interface Pool {
  readonly id: string;
  /** The `iss` claim of the pool's tokens. */
  readonly issuer: string;
}

/** Supported properties; identityValidationExpression (for `aud`) and a TTL are not. */
const properties = new Set(["type", "providerARNs", "identitySource"]);

/** @throws Unenforceable for any setting that is not supported, and for a pool that is not of this stack */
export function poolSettings({ name, scheme }: NamedScheme, graph: Graph): PoolSettings {
  const fail = (why: string): never => {
    throw new Unenforceable(`securitySchemes.${name}.x-amazon-apigateway-authorizer`, why);
  };
  const declared = scheme["x-amazon-apigateway-authorizer"] ?? {};
  for (const property of Object.keys(declared))
    if (!properties.has(property)) fail(`${property} cannot be enforced locally`);
  if (declared["type"] !== "cognito_user_pools") fail("type is not cognito_user_pools");
  const header = scheme.name?.toLowerCase();
  if (!header) return fail("its scheme names no header");
  const source = declared["identitySource"];
  if (source !== undefined && String(source).toLowerCase() !== `method.request.header.${header}`)
    fail("identitySource is another than the header that the scheme names");
  const arns = declared["providerARNs"];
  if (!Array.isArray(arns) || arns.length === 0) return fail("providerARNs is empty");
  return {
    header,
    pools: arns.map(
      (arn: unknown) => poolOf(arn, graph) ?? fail("providerARNs contains one that is not a user pool of this stack"),
    ),
  };
}

function poolOf(arn: unknown, graph: Graph): Pool | undefined {
  const [, region, id] =
    /^arn:aws[a-z-]*:cognito-idp:([a-z0-9-]+):\d{12}:userpool\/([A-Za-z0-9-]+_[A-Za-z0-9]+)$/.exec(String(arn)) ?? [];
  // The keys of a pool outside the stack are not available.
  if (!region || !id || !ofType(graph, "aws:cognito/userPool:UserPool").some((pool) => pool.outputs["arn"] === arn))
    return undefined;
  return { id, issuer: `https://cognito-idp.${region}.${dnsSuffix(region)}/${id}` };
}
