// Grants and errors of a token endpoint: the types that Auth0's and Cognito's have in common.

/** A token to be made: its claims except the issuer and the times. */
export interface Grant {
  readonly claims: Readonly<Record<string, string | number>>;
  /** `typ` header parameter; Cognito sets none. */
  readonly type?: string;
  /** In seconds. */
  readonly lifetime: number;
  /** `scope` of the token response, if the endpoint returns one. */
  readonly scope?: string;
}

/** An error response (RFC 6749 section 5.2) with the status that the emulated service uses. */
export interface TokenError {
  readonly status: 400 | 401 | 403;
  readonly error: string;
  readonly error_description?: string;
}

export function isTokenError(outcome: Grant | TokenError): outcome is TokenError {
  return "error" in outcome;
}

/** The values of a `scope` parameter; undefined if it is absent or blank. */
export function requestedScopes(scope: string | undefined): readonly string[] | undefined {
  const words = (scope ?? "").split(" ").filter((word) => word !== "");
  return words.length > 0 ? words : undefined;
}
