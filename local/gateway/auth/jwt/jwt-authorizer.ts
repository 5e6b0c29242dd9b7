// A JWT authorizer: a token is signed by the issuer with RSA, for an audience, valid now, and has a scope of the route.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
// Time is the system clock, as in the library: a security check is not reimplemented to make the clock injectable.

import { JwtVerifier } from "aws-jwt-verify";
import { JwtExpiredError, JwtNotBeforeError } from "aws-jwt-verify/error";
import type { Jwks } from "aws-jwt-verify/jwk";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import type { JwtHeader, JwtPayload } from "aws-jwt-verify/jwt-model";
import type { ApiRequest, Caller } from "../../../server/api-request";
import { parseQuery } from "../../../server/request-target";
import { httpApiError, type HttpApiError } from "../../responses/http-api-responses";
import type { JwtSettings } from "./jwt-settings";

/** Provides an issuer's keys. @throws Error if they are not available */
export interface Keys {
  with(keyId: string): Promise<Jwks>;
}

export class JwtAuthorizer {
  private readonly verifier;
  /** The key set that the verifier currently uses. */
  private seen: Jwks | undefined;

  constructor(
    private readonly settings: JwtSettings,
    private readonly keys: Keys,
  ) {
    this.verifier = JwtVerifier.create({
      issuer: settings.issuer,
      // Checked below, because API Gateway checks client_id if aud is absent.
      audience: null,
      // Never fetched: only verifySync is called, with keys that are set explicitly.
      jwksUri: "https://keys.invalid/",
      graceSeconds: 0,
    });
  }

  /** @param scopes of the route: the token needs one of them; an empty list requires none */
  async authorize(request: ApiRequest, scopes: readonly string[]): Promise<Caller | HttpApiError> {
    const token = this.tokenOf(request);
    if (token === undefined) return unauthorized("the token is absent or sent more than once");
    const claimed = parts(token);
    if (typeof claimed === "string") return invalid(claimed);
    // Checked before the keys are fetched: a token that cannot pass must not cause a request to the issuer.
    const error = headerError(claimed.header) ?? this.claimsError(claimed.payload);
    if (error !== undefined) return invalid(error);
    let keys: Jwks;
    try {
      keys = await this.keys.with(String(claimed.header.kid));
    } catch (problem) {
      return invalid("OIDC discovery endpoint communication error", (problem as Error).message);
    }
    let payload: JwtPayload;
    try {
      // Replaces the whole set, so that a retired key is dropped.
      if (keys !== this.seen) this.verifier.cacheJwks((this.seen = keys));
      payload = this.verifier.verifySync(token);
    } catch (problem) {
      return invalid(reasonOf(problem));
    }
    const granted = grantedScopes(payload);
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope)))
      return httpApiError(403, "ACCESS_DENIED", "the token has none of the route's scopes", {
        authorizerError: "insufficient_scope",
      });
    return { authorizer: { claims: claimTexts(payload), scopes: scopes.length > 0 ? granted : null } };
  }

  /** The token, without a Bearer scheme in front; `undefined` if there is none or more than one. */
  private tokenOf(request: ApiRequest): string | undefined {
    const { location, name } = this.settings.source;
    const sent =
      location === "header"
        ? request.headers.filter(([header]) => header.toLowerCase() === name.toLowerCase())
        : parseQuery(request.rawQuery).filter(([key]) => key === name);
    // With two tokens, the authorizer and the function could each read a different one.
    if (sent.length !== 1) return undefined;
    const token = sent[0]![1].trim().replace(/^Bearer +/i, "");
    return token === "" ? undefined : token;
  }

  private claimsError({ iss, aud, client_id: client, exp, nbf, iat }: JwtPayload): string | undefined {
    const now = Date.now() / 1000;
    if (iss !== this.settings.issuer) return "the token has an invalid issuer";
    const named = aud === undefined ? [client] : Array.isArray(aud) ? aud : [aud];
    if (!named.some((one) => typeof one === "string" && this.settings.audiences.includes(one)))
      return "the token does not have a valid audience";
    if (typeof exp !== "number") return "the token has no expiry";
    if (exp <= now) return "the token has expired";
    if (nbf !== undefined && !(typeof nbf === "number" && nbf <= now)) return "the token is not valid yet";
    // `now` has a fraction, so a token issued in the current second passes.
    if (iat !== undefined && !(typeof iat === "number" && iat <= now)) return "the token was issued in the future";
    return undefined;
  }
}

/**
 * JWS compact serialisation: base64url without padding (RFC 7515 section 7.1). Node's decoder would accept more: other
 * characters, and bits that no byte uses, with which many texts are one token (RFC 4648 section 3.5).
 * @returns why it is malformed, or its parts
 */
function parts(token: string): { header: JwtHeader; payload: JwtPayload } | string {
  const segments = token.split(".");
  if (segments.length !== 3) return "token contains an invalid number of segments";
  const canonical = (segment: string) =>
    segment !== "" && Buffer.from(segment, "base64url").toString("base64url") === segment;
  if (!segments.every(canonical)) return malformed;
  try {
    return decomposeUnverifiedJwt(token);
  } catch {
    return malformed;
  }
}

const malformed = "the token is malformed";

/** Only RSA, with a named key, and no critical extensions (RFC 7515 section 4.1.11). */
function headerError({ alg, kid, ...others }: JwtHeader): string | undefined {
  if (!["RS256", "RS384", "RS512"].includes(String(alg))) {
    // Measured for ES256. Only a known name is repeated: the description must not hold what the caller wrote.
    const named = typeof alg === "string" && /^(?:[HEP]S(?:256|384|512)|EdDSA|none)$/.test(alg);
    return named ? `signing method ${alg} is invalid` : "signing method is invalid";
  }
  if (typeof kid !== "string" || kid === "") return "the token names no key";
  return "crit" in others ? "the token has a critical extension" : undefined;
}

function reasonOf(problem: unknown): string {
  if (problem instanceof JwtExpiredError) return "the token has expired";
  if (problem instanceof JwtNotBeforeError) return "the token is not valid yet";
  return "the token's signature could not be verified";
}

function unauthorized(reason: string): HttpApiError {
  return httpApiError(401, "UNAUTHORIZED", reason, { challenge: "Bearer" });
}

/** RFC 6750 section 3, in API Gateway's format. The description is a fixed text, never part of the token. */
function invalid(description: string, reason = description): HttpApiError {
  return httpApiError(401, "UNAUTHORIZED", reason, {
    challenge: `Bearer scope="" error="invalid_token" error_description="${description}"`,
    authorizerError: description,
  });
}

// A JWT's claims in the form that an HTTP API's function receives: `requestContext.authorizer.jwt`.

/** All claims as strings: lists as `[a b]`, objects as `map[a:b]`; null is omitted (measured on AWS by floci). */
function claimTexts(payload: JwtPayload): Readonly<Record<string, string>> {
  const present = Object.entries(payload).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `map[${Object.entries(value)
    .map(([name, inner]) => `${name}:${textOf(inner)}`)
    .sort()
    .join(" ")}]`;
}

/** The scopes granted to a token: from `scope`, or from `scp`, each a string or a list. `permissions` is not read. */
function grantedScopes(payload: JwtPayload): readonly string[] {
  const { scope, scp } = payload as { scope?: unknown; scp?: unknown };
  const granted = scope ?? scp;
  if (typeof granted === "string") return granted.split(" ").filter((scope) => scope !== "");
  return Array.isArray(granted) ? granted.filter((scope): scope is string => typeof scope === "string") : [];
}
