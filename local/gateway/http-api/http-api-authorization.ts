// Determines the authorization of an HTTP API's route from the API document alone. What is not supported stops the
// start.

import type { Jwks } from "aws-jwt-verify/jwk";
import { dnsSuffix } from "../../../contract";
import { type Graph, ofType } from "../../../graph/resource";
import type { Identities } from "../../iam/identities";
import type { Functions } from "../../functions/environments/invocation";
import type { Caller } from "../../server/api-request";
import { type Exchange, isGatewayResponse } from "../request/exchange";
import type { OpenApiDocument, OpenApiOperation, OpenApiSecurityScheme } from "../../../graph/openapi";
import { authorizeByIam } from "../auth/iam-access";
import { Unenforceable } from "../../base/unenforceable";
import { httpApiError, type HttpApiError } from "../responses/http-api-responses";
import { JwtAuthorizer, type Keys } from "../auth/jwt/jwt-authorizer";
import { KeySet, issuerDocument } from "../auth/jwt/key-set";
import { jwtSettings } from "../auth/jwt/jwt-settings";
import { extensionType, requirementOf, scopeNames } from "../auth/security-requirement";
import type { RouteAuth } from "./http-api-event";
import { httpAuthorizerSettings } from "./http-api-authorizer-settings";
import { HttpApiLambdaAuthorizer } from "./http-api-lambda-authorizer";

export interface RouteAuthorization {
  readonly auth: RouteAuth;
  authorize(exchange: Exchange): Promise<Caller | HttpApiError>;
}

export interface HttpAuthorizationContext {
  readonly graph: Graph;
  readonly functions: Functions;
  readonly identities: Identities;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** PEM of the certificate authority of issuers on this machine, trusted in addition to the public ones. */
  readonly authority?: string;
  /** Longest wait for an issuer's document in milliseconds; API Gateway's 1,500 by default. */
  readonly issuerTimeLimit?: number;
}

/**
 * The authorizations of one API. Routes that name the same authorizer share it, and with it the issuer's cached keys or
 * the cached responses.
 */
export class RouteAuthorizations {
  private readonly jwtAuthorizers = new Map<string, JwtAuthorizer>();
  private readonly lambdaAuthorizers = new Map<string, HttpApiLambdaAuthorizer>();

  constructor(
    private readonly context: HttpAuthorizationContext,
    private readonly document: OpenApiDocument,
  ) {}

  /** @throws Unenforceable for an unknown scheme or authorizer, and for more than one */
  of(operation: OpenApiOperation): RouteAuthorization {
    const [first, ...others] = Object.entries(requirementOf(operation, this.document));
    const extension = extensionType(operation);
    const iam = extension === "AWS_IAM";
    if (others.length > 0 || (first && iam))
      throw new Unenforceable("security", "a route can have one authorizer only");
    if (iam) return this.iam();
    if (!first) return { auth: "NONE", authorize: () => Promise.resolve({}) };
    const [name, required] = first;
    if (extension === "NONE")
      throw new Unenforceable("x-amazon-apigateway-auth", "says NONE where security names an authorizer");
    const scheme = this.schemeOf(name);
    const scopes = scopeNames(required, `securitySchemes.${name}`);
    if (scheme["x-amazon-apigateway-authtype"] === "awsSigv4") {
      if (scopes.length > 0) throw new Unenforceable(`securitySchemes.${name}`, "takes no scopes");
      return this.iam();
    }
    if (scheme["x-amazon-apigateway-authorizer"]?.["type"] === "request") {
      // It decides about scopes itself; those declared here would be silently ignored.
      if (scopes.length > 0) throw new Unenforceable(`securitySchemes.${name}`, "takes no scopes");
      const authorizer =
        this.lambdaAuthorizers.get(name) ??
        new HttpApiLambdaAuthorizer(httpAuthorizerSettings(name, scheme), this.context);
      this.lambdaAuthorizers.set(name, authorizer);
      return { auth: "CUSTOM", authorize: (exchange) => authorizer.authorize(exchange) };
    }
    const authorizer = this.jwtAuthorizers.get(name) ?? this.jwt(name, scheme);
    this.jwtAuthorizers.set(name, authorizer);
    return { auth: "JWT", authorize: ({ request }) => authorizer.authorize(request, scopes) };
  }

  private iam(): RouteAuthorization {
    const { identities, clock } = this.context;
    return {
      auth: "AWS_IAM",
      authorize: async ({ request }) => {
        const caller = await authorizeByIam(request, identities, clock);
        // The response is always the same; what was wrong appears only in the log.
        return isGatewayResponse(caller) ? httpApiError(403, "ACCESS_DENIED", caller.reason) : caller;
      },
    };
  }

  private jwt(name: string, scheme: OpenApiSecurityScheme): JwtAuthorizer {
    const settings = jwtSettings(name, scheme);
    const { authority, clock, issuerTimeLimit: limit } = this.context;
    const fetched = new KeySet(settings.issuer, (address) => issuerDocument(address, authority, limit), clock);
    return new JwtAuthorizer(settings, this.ownPool(settings.issuer) ?? fetched);
  }

  /** The keys of a user pool of this program. They cannot be fetched from its issuer URL, which is AWS's. */
  private ownPool(issuer: string): Keys | undefined {
    const { graph, identities } = this.context;
    const pool = ofType(graph, "aws:cognito/userPool:UserPool").find(({ id }) => issuer === poolIssuer(id));
    return pool && { with: () => Promise.resolve({ keys: identities.poolKeys(pool.id) } as Jwks) };
  }

  private schemeOf(name: string): OpenApiSecurityScheme {
    const schemes = this.document.components?.securitySchemes ?? {};
    const scheme = Object.hasOwn(schemes, name) ? schemes[name] : undefined;
    if (!scheme) throw new Unenforceable(`securitySchemes.${name}`, "is not declared");
    const unknown = Object.keys(scheme).find((property) => !schemeProperties.has(property));
    if (unknown !== undefined)
      throw new Unenforceable(`securitySchemes.${name}`, `has the unknown property ${unknown}`);
    const authtype = scheme["x-amazon-apigateway-authtype"];
    const authorizer = scheme["x-amazon-apigateway-authorizer"];
    if (authtype === undefined ? authorizer === undefined : authtype !== "awsSigv4" || authorizer !== undefined)
      throw new Unenforceable(
        `securitySchemes.${name}`,
        "is neither a JWT authorizer, a Lambda authorizer nor AWS's signature",
      );
    return scheme;
  }
}

/**
 * The `iss` claim of a user pool's tokens.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
function poolIssuer(id: string): string {
  const region = id.split("_")[0]!;
  return `https://cognito-idp.${region}.${dnsSuffix(region)}/${id}`;
}

const schemeProperties = new Set([
  "type",
  "name",
  "in",
  "description",
  "flows",
  "openIdConnectUrl",
  "x-amazon-apigateway-authtype",
  "x-amazon-apigateway-authorizer",
]);
