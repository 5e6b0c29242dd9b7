// A user pool authorizer: a token is of one of the pools, of the right kind, and has a scope of the method, where one
// is required.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
//
// Time is the system clock, as in the library: a security check is not reimplemented to make the clock injectable.

import type { JsonWebKey } from "node:crypto";
import { JwtVerifier } from "aws-jwt-verify";
import { JwtExpiredError } from "aws-jwt-verify/error";
import type { JwtHeader, JwtPayload } from "aws-jwt-verify/jwt-model";
import type { Jwks } from "aws-jwt-verify/jwk";
import type { ApiRequest, Caller } from "../../server/api-request";
import type { Identities } from "../../iam/identities";
import { dnsSuffix } from "../../../contract";
import { type Graph, ofType } from "../../../graph/resource";
import { Unenforceable } from "../../base/unenforceable";
import type { NamedScheme } from "./security-requirement";
import type { GatewayResponse } from "../request/exchange";

/** Longest accepted token in characters: the limit for all headers of a request together. */
const longestToken = 10_240;

// RFC 7515 section 2: base64url without padding. The decoder below would accept several spellings of a token.
const compactToken = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export class CognitoAuthorizer {
  private readonly verifiers: readonly PoolVerifier[];

  /** @param scopes of the method: an access token needs one of them; an empty list requires an ID token instead */
  constructor(
    private readonly settings: PoolSettings,
    private readonly scopes: readonly string[],
    identities: Identities,
  ) {
    this.verifiers = settings.pools.map((pool) => new PoolVerifier(pool, identities));
  }

  authorize(request: ApiRequest): Caller | GatewayResponse {
    const [sent, ...others] = request.headers.filter(([name]) => name.toLowerCase() === this.settings.header);
    if (!sent || others.length > 0) return unauthorized("the token is absent or sent more than once");
    // REST APIs accept the token with or without the Bearer scheme.
    const token = sent[1].trim().replace(/^Bearer +/i, "");
    if (token === "" || token.length > longestToken) return unauthorized("the token is empty or too long");
    if (!compactToken.test(token)) return unauthorized("the token is not a compact JWT");
    let reason = "the token is of no pool of the authorizer";
    for (const verifier of this.verifiers) {
      const outcome = verifier.verify(token);
      if (outcome === "expired") return unauthorized("the token has expired", "The incoming token has expired");
      if (outcome === undefined) continue;
      const error = this.kindError(outcome);
      if (!error) return { authorizer: { claims: claimStrings(outcome) } };
      reason = error;
    }
    return unauthorized(reason);
  }

  /**
   * An access token is about what a client may do, an ID token about who a user is: neither is accepted for the other.
   */
  private kindError(payload: JwtPayload): string | undefined {
    if (this.scopes.length === 0) return payload["token_use"] === "id" ? undefined : "the token is not an ID token";
    if (payload["token_use"] !== "access") return "the token is not an access token";
    const granted = typeof payload.scope === "string" ? payload.scope.split(" ") : [];
    return this.scopes.some((scope) => granted.includes(scope)) ? undefined : "the token has none of the scopes";
  }
}

class PoolVerifier {
  private readonly verifier;
  /** Ids and moduli of the keys last used, to detect a rotation. */
  private seen = "";

  constructor(
    private readonly pool: Pool,
    private readonly identities: Identities,
  ) {
    this.verifier = JwtVerifier.create({
      issuer: pool.issuer,
      // API Gateway does not check the client either: any app client of the pool may call.
      audience: null,
      // Never fetched: only verifySync is called, with keys that are set explicitly.
      jwksUri: `${pool.issuer}/.well-known/jwks.json`,
      customJwtCheck: ({ header, payload }) => assertPoolToken(header, payload),
    });
  }

  /** The payload; `expired` only if everything checked before the expiry is valid; `undefined` for any other error. */
  verify(token: string): JwtPayload | "expired" | undefined {
    this.refreshKeys();
    try {
      return this.verifier.verifySync(token);
    } catch (error) {
      return error instanceof JwtExpiredError ? "expired" : undefined;
    }
  }

  /** Replaces the whole set, because a key that the pool retired must stop verifying at once. */
  private refreshKeys(): void {
    const keys = this.identities.poolKeys(this.pool.id);
    const names = JSON.stringify(keys.map((key: JsonWebKey) => [key["kid"], key.n]));
    if (names === this.seen) return;
    this.verifier.cacheJwks({ keys: [...keys] } as unknown as Jwks);
    this.seen = names;
  }
}

/** Checks that the library leaves out: pools sign with RS256 only, and a token must have an expiry. */
function assertPoolToken(header: JwtHeader, payload: JwtPayload): void {
  if (header.alg !== "RS256") throw new Error("the algorithm is not RS256");
  if (typeof payload.exp !== "number") throw new Error("exp is missing");
}

function unauthorized(reason: string, message = "Unauthorized"): GatewayResponse {
  return { type: "UNAUTHORIZED", message, reason };
}

// A user pool token's claims as a REST API's function receives them: `requestContext.authorizer.claims`, all strings.

/** Claims that API Gateway passes as a textual date instead of seconds (seen in many published events). */
const dates = new Set(["exp", "iat"]);

function claimStrings(payload: JwtPayload): Readonly<Record<string, string>> {
  const present = Object.entries(payload).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, textOf(name, value)]));
}

function textOf(name: string, value: unknown): string {
  if (dates.has(name) && typeof value === "number") return javaDate(value);
  if (Array.isArray(value)) return value.map(String).join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The format of Java's Date.toString: `Sat Nov 21 08:00:00 UTC 2026`. */
function javaDate(seconds: number): string {
  const [weekday = "", day, month, year, time] = new Date(seconds * 1000).toUTCString().split(" ");
  return `${weekday.replace(",", "")} ${month} ${day} ${time} UTC ${year}`;
}

// The settings of a user pool authorizer: `x-amazon-apigateway-authorizer` of type cognito_user_pools, parsed strictly.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html

interface PoolSettings {
  /** Name of the header that contains the token, in lower case. */
  readonly header: string;
  readonly pools: readonly Pool[];
}

interface Pool {
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
