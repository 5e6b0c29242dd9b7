// A JWT authorizer: the token is signed by its issuer with RSA, for one of the audiences, holds now, and has one of the route's scopes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
//
// Time is the library's own (the system's clock): a security check is not rewritten to be testable.

import { JwtVerifier } from "aws-jwt-verify";
import { JwtExpiredError, JwtNotBeforeError } from "aws-jwt-verify/error";
import type { Jwks } from "aws-jwt-verify/jwk";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import type { JwtHeader, JwtPayload } from "aws-jwt-verify/jwt-model";
import type { Call, Caller } from "../../call";
import { parseQuery } from "../../request-target";
import { httpFault, type HttpFault } from "../answers";
import { claimTexts, grantedScopes } from "./claims";
import type { JwtSettings } from "./settings";

/** Gives an issuer's keys. @throws Error where there are none to be had */
export interface Keys {
  with(keyId: string): Promise<Jwks>;
}

export class JwtAuthorizer {
  private readonly verifier;
  /** The key set that the verifier has. */
  private seen: Jwks | undefined;

  constructor(
    private readonly settings: JwtSettings,
    private readonly keys: Keys,
  ) {
    this.verifier = JwtVerifier.create({
      issuer: settings.issuer,
      // Checked below: API Gateway looks at client_id where there is no aud.
      audience: null,
      // Never fetched: only verifySync is called, with the keys given.
      jwksUri: "https://keys.invalid/",
      graceSeconds: 0,
    });
  }

  /** @param scopes of the route: one of them is enough; none: no scope is asked for */
  async authorize(call: Call, scopes: readonly string[]): Promise<Caller | HttpFault> {
    const token = this.tokenOf(call);
    if (token === undefined) return unauthorized("the token is absent or sent more than once");
    const claimed = parts(token);
    if (!claimed) return invalid("the token is malformed");
    // Before any key is looked for: what a token says must not cause a call to its issuer unless it could pass.
    const fault = headerFault(claimed.header) ?? this.claimsFault(claimed.payload);
    if (fault !== undefined) return invalid(fault);
    let keys: Jwks;
    try {
      keys = await this.keys.with(String(claimed.header.kid));
    } catch (problem) {
      return invalid("OIDC discovery endpoint communication error", (problem as Error).message);
    }
    let payload: JwtPayload;
    try {
      // The whole set is replaced: a key that the issuer retired is gone with it.
      if (keys !== this.seen) this.verifier.cacheJwks((this.seen = keys));
      payload = this.verifier.verifySync(token);
    } catch (problem) {
      return invalid(reasonOf(problem));
    }
    const granted = grantedScopes(payload);
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope)))
      return httpFault(403, "ACCESS_DENIED", "the token has none of the route's scopes", {
        authorizerError: "insufficient_scope",
      });
    return { authorizer: { claims: claimTexts(payload), scopes: scopes.length > 0 ? granted : null } };
  }

  /** The bare token, or with the Bearer scheme before it. */
  private tokenOf(call: Call): string | undefined {
    const { place, name } = this.settings.source;
    const sent =
      place === "header"
        ? call.headers.filter(([header]) => header.toLowerCase() === name.toLowerCase())
        : parseQuery(call.rawQuery).filter(([key]) => key === name);
    // Which of two tokens is judged and which one a function reads must not be two questions.
    if (sent.length !== 1) return undefined;
    const token = sent[0]![1].trim().replace(/^Bearer +/i, "");
    return token === "" ? undefined : token;
  }

  private claimsFault({ iss, aud, client_id: client, exp, nbf, iat }: JwtPayload): string | undefined {
    const now = Date.now() / 1000;
    if (iss !== this.settings.issuer) return "the token has an invalid issuer";
    const named = aud === undefined ? [client] : Array.isArray(aud) ? aud : [aud];
    if (!named.some((one) => typeof one === "string" && this.settings.audiences.includes(one)))
      return "the token does not have a valid audience";
    if (typeof exp !== "number") return "the token has no expiry";
    if (exp <= now) return "the token has expired";
    if (nbf !== undefined && !(typeof nbf === "number" && nbf <= now)) return "the token is not valid yet";
    // A token of this very second is in time.
    if (iat !== undefined && !(typeof iat === "number" && iat <= now)) return "the token was issued in the future";
    return undefined;
  }
}

/** Three parts of base64url without padding (RFC 7515 section 7.1); Node would read more than that. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/;

function parts(token: string): { header: JwtHeader; payload: JwtPayload } | undefined {
  if (!compact.test(token)) return undefined;
  try {
    return decomposeUnverifiedJwt(token);
  } catch {
    return undefined;
  }
}

/** RSA alone, by a key that is named; an extension that has to be understood is not (RFC 7515 section 4.1.11). */
function headerFault({ alg, kid, ...others }: JwtHeader): string | undefined {
  if (!["RS256", "RS384", "RS512"].includes(String(alg))) return "signing method is invalid";
  if (typeof kid !== "string" || kid === "") return "the token names no key";
  return "crit" in others ? "the token has a critical extension" : undefined;
}

function reasonOf(problem: unknown): string {
  if (problem instanceof JwtExpiredError) return "the token has expired";
  if (problem instanceof JwtNotBeforeError) return "the token is not valid yet";
  return "the token's signature could not be verified";
}

function unauthorized(reason: string): HttpFault {
  return httpFault(401, "UNAUTHORIZED", reason, { challenge: "Bearer" });
}

/** RFC 6750 section 3, in API Gateway's form. The description is one of ours, never a part of the token. */
function invalid(description: string, reason = description): HttpFault {
  return httpFault(401, "UNAUTHORIZED", reason, {
    challenge: `Bearer scope="" error="invalid_token" error_description="${description}"`,
    authorizerError: description,
  });
}
