// Parses a Signature Version 4 from the Authorization header or a presigned URL, without verifying it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html

import type { ApiRequest } from "../../server/api-request";
import { incompleteMessage } from "./incomplete";

export interface PresentedSignature {
  readonly accessKeyId: string;
  /** Credential scope: date (YYYYMMDD), region, service and terminator, which must be `aws4_request`. */
  readonly scope: readonly [date: string, region: string, service: string, terminator: string];
  /** In lower case, in the order sent. */
  readonly signedHeaders: readonly string[];
  /** 64 lower-case hex digits. */
  readonly signature: string;
  /** `X-Amz-Date`: YYYYMMDDTHHMMSSZ. */
  readonly date: string;
  readonly sessionToken?: string;
  /** `X-Amz-Expires` of a presigned URL, in seconds. */
  readonly expiresIn?: number;
}

/** `absent`: the request claims no signature; `malformed`: it claims one that is not well-formed. */
export type Presented =
  | PresentedSignature
  | { readonly absent: true }
  | { readonly malformed: string; /** What AWS says to the caller; absent: not known. */ readonly message?: string };

const algorithm = "AWS4-HMAC-SHA256";

/** Longest lifetime of a presigned URL: seven days, in seconds. */
const longestExpiry = 604_800;

export function presentedSignature(request: ApiRequest): Presented {
  const query = queryOf(request.rawQuery);
  if (!query) return { malformed: "the query has a broken percent-escape" };
  const authorization = valuesOf(request.headers, "authorization");
  const signed = query.some(([name]) => /^x-amz-(algorithm|signature|credential)$/i.test(name));
  // Ambiguous: an attacker could make two readers choose different credentials.
  if (authorization.length + (signed ? 1 : 0) > 1) return { malformed: "more than one authorization" };
  if (signed) return fromQuery(query);
  if (authorization[0] === undefined) return { absent: true };
  const presented = fromHeader(request, authorization[0]);
  return "malformed" in presented
    ? { ...presented, message: incompleteMessage(authorization[0], request.headers) }
    : presented;
}

function fromHeader(request: ApiRequest, authorization: string): Presented {
  const [scheme, parameters] = [authorization.split(" ")[0], authorization.slice(authorization.indexOf(" ") + 1)];
  if (scheme !== algorithm) return { malformed: "the Authorization header is of another scheme" };
  const fields = new Map<string, string>();
  for (const part of parameters.split(",")) {
    const [, name, value] = /^\s*([A-Za-z]+)=([^\s,]+)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined || fields.has(name))
      return { malformed: "the Authorization header has a malformed or repeated part" };
    fields.set(name, value);
  }
  const dates = valuesOf(request.headers, "x-amz-date");
  const tokens = valuesOf(request.headers, "x-amz-security-token");
  if (fields.size !== 3 || dates.length !== 1 || tokens.length > 1)
    return { malformed: "needs Credential, SignedHeaders, Signature and one X-Amz-Date" };
  return assemble(fields.get("Credential"), fields.get("SignedHeaders"), fields.get("Signature"), dates[0], tokens[0]);
}

function fromQuery(query: readonly (readonly [string, string])[]): Presented {
  const fields = new Map<string, string>();
  for (const [name, value] of query) {
    const known = name.toLowerCase();
    if (!known.startsWith("x-amz-")) continue;
    if (fields.has(known)) return { malformed: "an X-Amz- query parameter is repeated" };
    fields.set(known, value);
  }
  if (fields.get("x-amz-algorithm") !== algorithm) return { malformed: "X-Amz-Algorithm is another" };
  const expires = fields.get("x-amz-expires") ?? "";
  if (!/^\d{1,6}$/.test(expires) || Number(expires) < 1 || Number(expires) > longestExpiry)
    return { malformed: `X-Amz-Expires is not within 1 to ${longestExpiry} seconds` };
  return assemble(
    fields.get("x-amz-credential"),
    fields.get("x-amz-signedheaders"),
    fields.get("x-amz-signature"),
    fields.get("x-amz-date"),
    fields.get("x-amz-security-token"),
    Number(expires),
  );
}

function assemble(
  credential: string | undefined,
  headers: string | undefined,
  signature: string | undefined,
  date: string | undefined,
  sessionToken: string | undefined,
  expiresIn?: number,
): Presented {
  const [accessKeyId, day, region, service, terminator, ...rest] = (credential ?? "").split("/");
  if (!accessKeyId || !day || !region || !service || !terminator || rest.length > 0)
    return { malformed: "Credential is not accessKeyId/date/region/service/aws4_request" };
  const signedHeaders = (headers ?? "").split(";");
  if (!signedHeaders.every((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)))
    return { malformed: "SignedHeaders contains a value that is not a header name, or not in lower case" };
  if (new Set(signedHeaders).size !== signedHeaders.length) return { malformed: "SignedHeaders repeats a name" };
  // "Alphabetically sorted" (IAM guide, signed headers). What AWS does with another order is not recorded: the strict reading.
  if (signedHeaders.some((name, index) => index > 0 && name < signedHeaders[index - 1]!))
    return { malformed: "SignedHeaders is not sorted" };
  if (!/^[0-9a-f]{64}$/.test(signature ?? "")) return { malformed: "Signature is not 64 hex digits" };
  if (!/^\d{8}T\d{6}Z$/.test(date ?? "")) return { malformed: "X-Amz-Date is not YYYYMMDDTHHMMSSZ" };
  const scope = [day, region, service, terminator] as const;
  return { accessKeyId, scope, signedHeaders, signature: signature!, date: date!, sessionToken, expiresIn };
}

function valuesOf(headers: ApiRequest["headers"], name: string): string[] {
  return headers.filter(([sent]) => sent.toLowerCase() === name).map(([, value]) => value);
}

// The query as a signature covers it, decoded strictly: signers use exactly one encoding.

/**
 * Names and values in order; `undefined` for a malformed percent-escape. `+` is not decoded: SDKs sign a space as
 * `%20`, so an ambiguous query fails verification.
 */
export function queryOf(rawQuery: string): (readonly [name: string, value: string])[] | undefined {
  try {
    return rawQuery
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const [name = "", ...value] = pair.split("=");
        return [decodeURIComponent(name), decodeURIComponent(value.join("="))] as const;
      });
  } catch {
    return undefined;
  }
}
