// Who made a call, as API Gateway authenticated it, for the log. Names and ids only, never a key or a token.

import type { GatewayContext } from "./call";

export interface Principal {
  /** Id of the authenticated user, role, application or API key; empty if the event has none. */
  readonly principal: string;
  /** Id of the application (OAuth client or API key) that the caller used; empty if the event has none. */
  readonly client: string;
}

/** Longer names, in characters, are truncated: an issuer may make a claim as long as it likes. */
const longest = 256;

export function principalOf(context: GatewayContext): Principal {
  const authorizer = fields(context.authorizer);
  const jwt = fields(authorizer["jwt"]);
  const claims = fields(authorizer["claims"] ?? jwt["claims"]);
  // HTTP APIs nest a Lambda authorizer's context one level deeper than REST APIs do.
  const own = fields(authorizer["lambda"] ?? context.authorizer);
  const iam = fields(authorizer["iam"]);
  const identity = fields(context.identity);
  const certificate = fields(identity["clientCert"] ?? fields(context.authentication)["clientCert"]);
  return {
    principal: first(
      own["subject"],
      own["principalId"],
      claims["sub"],
      claims["client_id"],
      iam["userArn"],
      identity["userArn"],
      certificate["subjectDN"],
      identity["apiKeyId"],
    ),
    client: first(own["client"], claims["client_id"], claims["azp"], identity["apiKeyId"]),
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function first(...values: readonly unknown[]): string {
  const found = values.find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found.slice(0, longest) : "";
}
