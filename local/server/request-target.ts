// Parses a request target, and rejects it if two readers could understand it differently. Signatures, policies and
// functions get the path as sent: if one resource had two spellings, a caller could evade a policy that names only one
// of them. API Gateway's edge responds to most of these targets with 400, too.

import { header } from "./api-request";
import type { HttpRequest } from "./http-message";

/** A target that is safe to route. */
export interface Target {
  /** As sent, percent-encoded, with the stage or base path, without the query. */
  readonly path: string;
  /** As sent, without `?`; empty if there is none. */
  readonly rawQuery: string;
}

// Printable ASCII; all else must be percent-encoded. RFC 3986 section 3.3 allows fewer, but browsers send these.
const pathCharacters = /^\/[!-~]*$/;
// RFC 3986 section 3.4: AWS answers a raw `|`, `{` or `}` with 400 (nestjsx/crud#255, yezyilomo/django-restql#279, and
// api-gateway-known-issues), so the others that it forbids count as refused, too. `[` and `]` are taken: many clients
// send them raw, and nobody reports a refusal.
const queryCharacters = /^[!$-;=?-[\]_a-z~]*$/;
const malformedEscape = /%(?![0-9A-Fa-f]{2})/;
// `/./` and `/../`: a backend that normalises them would see another path than the policy (`%2e` is rejected below).
const dotSegment = /\/\.{1,2}(?:\/|$)/;
// Encoded unreserved characters (letters, digits, `-`, `_`, `~`, `.`), which RFC 3986 section 6.2.2.2 makes equivalent
// to the plain ones; and encoded control characters.
const needlessEscape = /%(?:2d|2e|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i;
const controlEscape = /%(?:[01][0-9a-f]|7f)/i;

/** @returns `undefined` for a target that must get a 400 response */
export function parseTarget(url: string): Target | undefined {
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const rawQuery = mark === -1 ? "" : url.slice(mark + 1);
  if (!pathCharacters.test(path) || path.includes("#") || path.includes("\\") || !queryCharacters.test(rawQuery))
    return undefined;
  if (path.includes("%") && !safeEscapes(path)) return undefined;
  if (path.includes(".") && dotSegment.test(path)) return undefined;
  if (rawQuery.includes("%") && !decodes(rawQuery)) return undefined;
  return { path, rawQuery };
}

function safeEscapes(path: string): boolean {
  return !malformedEscape.test(path) && !needlessEscape.test(path) && !controlEscape.test(path) && decodes(path);
}

/** Whether all escapes are complete and decode to valid UTF-8. */
function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Removes the stage from a path: `/dev/mymodel` → `/mymodel`; `undefined` if the path begins with another stage. */
export function withoutStage(path: string, stage: string): string | undefined {
  return withoutPrefix(path, `/${stage}`);
}

/**
 * Removes a prefix of whole segments from a path; `undefined` if the path is not below it.
 * @param prefix `/v1`, or empty
 */
export function withoutPrefix(path: string, prefix: string): string | undefined {
  if (prefix === "") return path;
  if (path === prefix) return "/";
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

/**
 * The query parameters in order, decoded as by API Gateway: `+` is a space (recorded on AWS), a missing value empty.
 * @param rawQuery as accepted by `parseTarget`
 */
export function parseQuery(
  rawQuery: string,
  separator: string | RegExp = "&",
): readonly (readonly [name: string, value: string])[] {
  if (rawQuery === "") return [];
  return rawQuery
    .split(separator)
    .filter((pair) => pair !== "")
    .map((pair) => {
      const mark = pair.indexOf("=");
      return mark === -1 ? [decode(pair), ""] : [decode(pair.slice(0, mark)), decode(pair.slice(mark + 1))];
    });
}

/**
 * As `parseQuery`, for a REST API, where a raw `;` "results in the data being split":
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function parseRestQuery(rawQuery: string): readonly (readonly [name: string, value: string])[] {
  return parseQuery(rawQuery, /[&;]/);
}

function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  // The query was valid as a whole, but `&` or `=` may split an escape; the remainder is left as it is.
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

// Endpoint access mode STRICT: the Host header must equal the SNI name. Otherwise a handshake with one domain's
// certificate and firewall could reach another domain's host (domain fronting).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html

export function hostIsServerName(request: HttpRequest): boolean {
  const host = hostOf(request);
  return host !== undefined && host === request.serverName?.toLowerCase();
}

/** The name in the Host header, without the port, in lower case. */
export function hostOf(request: HttpRequest): string | undefined {
  return header(request, "host")?.replace(/:\d+$/, "").toLowerCase();
}
