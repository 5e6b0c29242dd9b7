// What a client sends to a token endpoint: a form or JSON, with its id and secret in the body or as Basic credentials.

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export type Form = ReadonlyMap<string, string>;

/** Longest request body that is accepted, in bytes. */
const maxBody = 16 * 1024;

/**
 * The fields of a form-encoded or JSON body; of JSON only string values. Empty if the body is malformed or too long.
 */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) return new Map();
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) return new Map(new URLSearchParams(text));
  try {
    const body: unknown = JSON.parse(text);
    const fields = typeof body === "object" && body !== null ? Object.entries(body) : [];
    return new Map(fields.filter((field): field is [string, string] => typeof field[1] === "string"));
  } catch {
    return new Map();
  }
}

export interface ClientSecret {
  readonly id: string;
  readonly secret: string;
}

/**
 * The credentials of the Basic header (RFC 6749 section 2.3.1) or of the body.
 * @returns undefined if there are none, or if header and body differ
 */
export function credentialsOf(form: Form, authorization: string | undefined): ClientSecret | undefined {
  const inBody = { id: form.get("client_id"), secret: form.get("client_secret") };
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) {
    return inBody.id !== undefined && inBody.secret !== undefined
      ? { id: inBody.id, secret: inBody.secret }
      : undefined;
  }
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const basic = { id, secret: rest.join(":") };
  if (inBody.id !== undefined && inBody.id !== basic.id) return undefined;
  return inBody.secret === undefined || inBody.secret === basic.secret ? basic : undefined;
}

/** The client with these credentials, or undefined. The secrets are compared in constant time. */
export function authenticated<Client extends ClientSecret>(
  clients: readonly Client[],
  credentials: ClientSecret | undefined,
): Client | undefined {
  const client = clients.find(({ id }) => id === credentials?.id);
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return client && credentials && timingSafeEqual(digest(client.secret), digest(credentials.secret))
    ? client
    : undefined;
}

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
  const scopes = (scope ?? "").split(" ").filter((scope) => scope !== "");
  return scopes.length > 0 ? scopes : undefined;
}
