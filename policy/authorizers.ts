// Every authorizer, whoever declares it: a security scheme of an API's document, or a resource of its own.

import type { Resource } from "../graph/resource";
import {
  documentOf,
  httpApiType,
  operationsOf,
  resourceOperation,
  restApiType,
  methodType,
  routeType,
} from "./operations";
import { amount, at, list, record, text, texts } from "./read";
import type { View } from "./view";

export const restAuthorizerType = "aws:apigateway/authorizer:Authorizer";
export const httpAuthorizerType = "aws:apigatewayv2/authorizer:Authorizer";

/** Where authorizers are declared. */
export const authorizerTypes = [restApiType, httpApiType, restAuthorizerType, httpAuthorizerType];

export interface Authorizer {
  /** The scheme's name in the document, or the resource's. */
  readonly name: string;
  readonly kind: "token" | "request" | "cognito" | "jwt";
  readonly uri: string;
  /** Seconds an answer is kept; NaN where it does not say, which a REST API takes for 300. */
  readonly cacheSeconds: number;
  readonly identitySources: readonly string[];
  readonly validation: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly userPools: readonly string[];
  /** Whether some route asks for it. */
  readonly used: boolean;
}

/** The authorizers that a resource declares: those of an API's document, or the one that it is. */
export function authorizersOf(resource: Resource, view: View): Authorizer[] {
  if (resource.type === restAuthorizerType || resource.type === httpAuthorizerType) return [ofResource(resource, view)];
  const schemes = record(at(documentOf(resource), "components", "securitySchemes"));
  const asked = operationsOf(resource, view).flatMap(({ alternatives }) => alternatives.flat());
  return Object.entries(schemes).flatMap(([name, scheme]) => {
    const definition = at(scheme, "x-amazon-apigateway-authorizer");
    if (definition === undefined) return [];
    const fields = record(definition);
    return [
      {
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
      },
    ];
  });
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
