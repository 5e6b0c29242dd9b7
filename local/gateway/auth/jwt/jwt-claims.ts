// A JWT's claims in the form that an HTTP API's function receives: `requestContext.authorizer.jwt`.

import type { JwtPayload } from "aws-jwt-verify/jwt-model";

/** All claims as strings: lists as `[a b]`, objects as `map[a:b]`; null is omitted (measured on AWS by floci). */
export function claimTexts(payload: JwtPayload): Readonly<Record<string, string>> {
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
export function grantedScopes(payload: JwtPayload): readonly string[] {
  const { scope, scp } = payload as { scope?: unknown; scp?: unknown };
  const granted = scope ?? scp;
  if (typeof granted === "string") return granted.split(" ").filter((word) => word !== "");
  return Array.isArray(granted) ? granted.filter((word): word is string => typeof word === "string") : [];
}
