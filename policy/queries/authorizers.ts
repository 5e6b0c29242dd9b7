// All authorizers, whether declared by a security scheme in an API's OpenAPI document or by a separate resource.

import type { Resource } from "../../graph/resource";
import { authorizersOf as declaredAuthorizers, httpApiType, restApiType } from "../../graph/openapi";
import { documentOf, operationsOf, resourceOperation, methodType, routeType } from "./operations";
import { amount, at, list, text, texts } from "./read";
import type { View } from "./view";

export const restAuthorizerType = "aws:apigateway/authorizer:Authorizer";
export const httpAuthorizerType = "aws:apigatewayv2/authorizer:Authorizer";

/** The resource types that declare authorizers. */
export const authorizerTypes = [restApiType, httpApiType, restAuthorizerType, httpAuthorizerType];

export interface Authorizer {
  /** Name of the security scheme, or logical name of the resource. */
  readonly name: string;
  readonly kind: "token" | "request" | "cognito" | "jwt";
  /** Invocation URI of its Lambda function; empty for `jwt` and `cognito`. */
  readonly uri: string;
  /** Seconds for which a result is cached; NaN if not set. */
  readonly cacheSeconds: number;
  readonly identitySources: readonly string[];
  /** Regular expression that a token must match before the function is invoked (`identityValidationExpression`). */
  readonly validation: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** ARNs. */
  readonly userPools: readonly string[];
  /** Whether any route requires it. */
  readonly used: boolean;
}

/** The authorizers that a resource declares: those in an API's document, or the authorizer resource itself. */
export function authorizersOf(resource: Resource, view: View): Authorizer[] {
  if (resource.type === restAuthorizerType || resource.type === httpAuthorizerType) return [ofResource(resource, view)];
  const asked = operationsOf(resource, view).flatMap(({ alternatives }) => alternatives.flat());
  return declaredAuthorizers(documentOf(resource)).map(([name, fields]) => ({
    name,
    kind: kindOf(text(fields.type)),
    uri: text(fields.authorizerUri),
    cacheSeconds: amount(fields.authorizerResultTtlInSeconds),
    identitySources: texts(fields.identitySource)
      .flatMap((source) => source.split(/\s*,\s*/))
      .filter(Boolean),
    validation: text(fields.identityValidationExpression),
    issuer: text(at(fields, "jwtConfiguration", "issuer")),
    audiences: texts(at(fields, "jwtConfiguration", "audience")).filter(Boolean),
    userPools: texts(fields.providerARNs).filter(Boolean),
    used: asked.some((requirement) => requirement.scheme === name),
  }));
}

function ofResource(resource: Resource, view: View): Authorizer {
  const { type, inputs, name } = resource;
  const routes = view.ofType(type === restAuthorizerType ? methodType : routeType);
  return {
    name,
    kind: kindOf(text(inputs.type ?? inputs.authorizerType) || "token"),
    uri: text(inputs.authorizerUri),
    cacheSeconds: amount(inputs.authorizerResultTtlInSeconds),
    identitySources: [...texts(inputs.identitySource), ...list(inputs.identitySources).map(text)].filter(Boolean),
    validation: text(inputs.identityValidationExpression),
    issuer: text(at(inputs, "jwtConfiguration", "issuer")),
    audiences: texts(at(inputs, "jwtConfiguration", "audiences")).filter(Boolean),
    userPools: texts(inputs.providerArns).filter(Boolean),
    used: routes.some(
      (route) =>
        view.points(route, "authorizerId", resource) &&
        resourceOperation(route)
          .alternatives.flat()
          .some(({ kind }) => kind !== "none" && kind !== "iam"),
    ),
  };
}

function kindOf(type: string): Authorizer["kind"] {
  switch (type.toLowerCase()) {
    case "cognito_user_pools":
      return "cognito";
    case "jwt":
      return "jwt";
    case "token":
      return "token";
    default:
      return "request";
  }
}
