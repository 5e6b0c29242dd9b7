// The rule table: what API Gateway answers to each credential. It is a second interpretation of AWS's documentation
// that shares no code with the local gateway's: where the two differ, one is wrong, and a test fails.
//
// A name is a gateway response of a REST API, whose status the API document can change; a number is a fixed status
// (HTTP APIs have no gateway responses). `valid`: the credential is valid so far, and its permissions decide.

/**
 * Default statuses.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const gatewayResponses = {
  MISSING_AUTHENTICATION_TOKEN: 403,
  INVALID_SIGNATURE: 403,
  ACCESS_DENIED: 403,
  UNAUTHORIZED: 401,
  INVALID_API_KEY: 403,
  QUOTA_EXCEEDED: 429,
} as const;

export type GatewayResponse = keyof typeof gatewayResponses;
/** `no answer`: the connection ends without a response. */
export type Denial = GatewayResponse | number | "no answer";
export type Kind = "REST" | "HTTP";

/**
 * Signature Version 4.
 * Source: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
 */
export const signatures = {
  //                                 REST API                         HTTP API
  unsigned: /*                    */ { REST: "MISSING_AUTHENTICATION_TOKEN", HTTP: 403 },
  "malformed signature": /*       */ { REST: "INVALID_SIGNATURE", HTTP: 403 },
  "badly signed": /*              */ { REST: "INVALID_SIGNATURE", HTTP: 403 },
  "signed an hour ago": /*        */ { REST: "INVALID_SIGNATURE", HTTP: 403 },
  "unknown access key": /*        */ { REST: "ACCESS_DENIED", HTTP: 403 },
  // The first is in the API's account and has no policy; the second is in another account, which allows it everything.
  "well signed by a stranger": /* */ { REST: "valid", HTTP: 403 },
  "signed in another account": /* */ { REST: "valid", HTTP: 403 },
  "well signed": /*               */ { REST: "valid", HTTP: "valid" },
} as const satisfies Record<string, Record<Kind, Denial | "valid">>;

/** Answer to a signer whose policies do not allow the route. */
export const notAllowed = { REST: "ACCESS_DENIED", HTTP: 403 } as const;

/** Answer to a caller that the API's resource policy does not let in. */
export const notByPolicy = "ACCESS_DENIED";

/** The function's answer to a caller that may not call the model. */
export const foreignModel = 403;

/**
 * Bearer tokens. `valid`: its scopes decide. `undefined`: does not apply (a user pool's access tokens have no audience).
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export const tokens = {
  //                              REST, user pool          REST, Lambda authorizer       HTTP, JWT authorizer
  "no token": /*               */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  "malformed token": /*        */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  "expired token": /*          */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  "not yet valid": /*          */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  "wrong audience": /*         */ { pool: undefined, lambda: "UNAUTHORIZED", jwt: 401 },
  "wrong issuer": /*           */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  "foreign key, same kid": /*  */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  "unknown key": /*            */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  "alg none": /*               */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  "HS256, public key": /*      */ { pool: "UNAUTHORIZED", lambda: "UNAUTHORIZED", jwt: 401 },
  // A JWT authorizer does not distinguish ID tokens from access tokens: only the scope keeps them out.
  "ID token": /*               */ { pool: "valid", lambda: "UNAUTHORIZED", jwt: "valid" },
  "no scope": /*               */ { pool: "valid", lambda: "valid", jwt: "valid" },
  "right scope": /*            */ { pool: "valid", lambda: "valid", jwt: "valid" },
} as const satisfies Record<string, Record<TokenReader, Denial | "valid" | undefined>>;

/** What verifies a token: a user pool authorizer, a Lambda authorizer or a JWT authorizer. */
export type TokenReader = "pool" | "lambda" | "jwt";

/** Answer to a valid token without the scope. */
export const scopeMissing = { pool: "UNAUTHORIZED", lambda: "ACCESS_DENIED", jwt: 403 } as const;

/** API keys, which only REST APIs have. Checked last, so that a caller who is refused learns nothing about a key. */
export const keys = {
  "no key": "INVALID_API_KEY",
  "wrong key": "INVALID_API_KEY",
  "key over quota": "QUOTA_EXCEEDED",
  "right key": "valid",
} as const satisfies Record<string, Denial | "valid">;

/**
 * Client certificates at a custom domain with mutual TLS. API Gateway closes the connection of a client without a
 * certificate, and answers one whose certificate it does not trust.
 * Source: https://repost.aws/knowledge-center/api-gateway-mutual-tls-403-errors
 */
export const certificates = {
  "no certificate": "no answer",
  "foreign certificate": 403,
  "expired certificate": 403,
  "right certificate": "valid",
} as const satisfies Record<string, Denial | "valid">;

/** Answers to calls that reach no route. */
export const locations = {
  /** The default endpoint of an API that has disabled it. */
  disabledEndpoint: { REST: 403, HTTP: 404 },
  /** No route has this path and method. */
  noRoute: { REST: "MISSING_AUTHENTICATION_TOKEN", HTTP: 404 },
  /** The default endpoint's path names another stage. */
  anotherStage: { REST: 403, HTTP: 404 },
  /** Endpoint access mode STRICT: the Host header does not match the server name (SNI) of the TLS handshake. */
  anotherHost: 403,
  /** The client does not support the oldest TLS version that the address accepts. */
  olderTls: "no answer",
} as const satisfies Record<string, Record<Kind, Denial> | Denial>;

export type Signature = keyof typeof signatures;
export type Token = keyof typeof tokens;
export type Key = keyof typeof keys;
export type Certificate = keyof typeof certificates;
