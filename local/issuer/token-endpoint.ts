// What a token endpoint gives or answers instead: the part that Auth0's and Cognito's have in common.

/** A token to be made: its claims but for the issuer and the times. */
export interface Grant {
  readonly claims: Readonly<Record<string, string | number>>;
  /** `typ` of the header; Cognito writes none. */
  readonly type?: string;
  /** In seconds. */
  readonly lifetime: number;
  /** The answer's `scope`, where the endpoint gives one. */
  readonly scope?: string;
}

/** RFC 6749 section 5.2, with the statuses of the service whose place is taken. */
export interface TokenError {
  readonly status: 400 | 401 | 403;
  readonly error: string;
  readonly error_description?: string;
}

export function isTokenError(outcome: Grant | TokenError): outcome is TokenError {
  return "error" in outcome;
}

/** Words of a `scope` parameter; `undefined` where it was not sent or is blank. */
export function requestedScopes(scope: string | undefined): readonly string[] | undefined {
  const words = (scope ?? "").split(" ").filter((word) => word !== "");
  return words.length > 0 ? words : undefined;
}
