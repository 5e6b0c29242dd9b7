// The rule table: what API Gateway answers to each credential. It is a second reading of AWS's documentation beside the
// local gateway's, and shares no code with it: where the two differ, one of them is wrong, and a test says so.
//
// A word is a gateway response of a REST API (its API document may give it another status); a number is a status that no
// setting changes: HTTP APIs have no gateway responses. `judged` goes on to what the credential allows.

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
/** `no answer`: the connection ends without one. */
export type Refusal = GatewayResponse | number | "no answer";
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
  // Of the API's account, without a policy; and of another account, whose policies allow it all.
  "well signed by a stranger": /* */ { REST: "judged", HTTP: 403 },
  "signed in another account": /* */ { REST: "judged", HTTP: 403 },
  "well signed": /*               */ { REST: "judged", HTTP: "judged" },
} as const satisfies Record<string, Record<Kind, Refusal | "judged">>;

/** A signer whose policies do not allow this route. */
export const notAllowed = { REST: "ACCESS_DENIED", HTTP: 403 } as const;

/** A caller whom the API's resource policy does not let through. */
export const notByPolicy = "ACCESS_DENIED";

/** The function's answer to a client that calls a model of another. */
export const foreignModel = 403;

/**
 * Bearer tokens. `judged`: by its scopes. `undefined`: does not apply; access tokens of a user pool name no audience.
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
  // A JWT authorizer does not tell ID tokens apart: only the scope keeps them out.
  "ID token": /*               */ { pool: "judged", lambda: "UNAUTHORIZED", jwt: "judged" },
  "no scope": /*               */ { pool: "judged", lambda: "judged", jwt: "judged" },
  "right scope": /*            */ { pool: "judged", lambda: "judged", jwt: "judged" },
} as const satisfies Record<string, Record<TokenReader, Refusal | "judged" | undefined>>;

/** Who reads a token. */
export type TokenReader = "pool" | "lambda" | "jwt";

/** A token that is good and lacks the scope. */
export const scopeMissing = { pool: "UNAUTHORIZED", lambda: "ACCESS_DENIED", jwt: 403 } as const;

/** API keys, which REST APIs alone have. Asked for after everything else, so that a stranger learns nothing of a key. */
export const keys = {
  "no key": "INVALID_API_KEY",
  "wrong key": "INVALID_API_KEY",
  "key over quota": "QUOTA_EXCEEDED",
  "right key": "judged",
} as const satisfies Record<string, Refusal | "judged">;

/**
 * Client certificates of an own domain with mutual TLS. API Gateway ends the connection of a client that shows none, and
 * answers one that it does not trust.
 * Source: https://repost.aws/knowledge-center/api-gateway-mutual-tls-403-errors
 */
export const certificates = {
  "no certificate": "no answer",
  "foreign certificate": 403,
  "right certificate": "judged",
} as const satisfies Record<string, Refusal | "judged">;

/** What is answered before any credential is looked at. */
export const places = {
  /** The default endpoint of an API that has disabled it. */
  disabledEndpoint: { REST: 403, HTTP: 404 },
  /** No route has this path and method. */
  noRoute: { REST: "MISSING_AUTHENTICATION_TOKEN", HTTP: 404 },
  /** The default endpoint's path names another stage. */
  anotherStage: { REST: 403, HTTP: 404 },
  /** Endpoint access mode STRICT: the Host header is not the name that the handshake asked for. */
  anotherHost: 403,
  /** A client that speaks no TLS as new as the address asks for. */
  olderTls: "no answer",
} as const satisfies Record<string, Record<Kind, Refusal> | Refusal>;

export type Signature = keyof typeof signatures;
export type Token = keyof typeof tokens;
export type Key = keyof typeof keys;
export type Certificate = keyof typeof certificates;
