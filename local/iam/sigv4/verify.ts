// Verifies Signature Version 4 as execute-api does, and identifies the signer. Besides comparing signatures, it checks
// what the signature must cover and how long it is valid. As on AWS, a replay within that time is not prevented.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html

import { timingSafeEqual } from "node:crypto";
import type { Identities, Principal } from "../identities";
import type { ApiRequest } from "../../server/api-request";
import { type PresentedSignature, presentedSignature } from "./presented";
import { expectedSignature, hashOf } from "./signature";

/** Why a request has no signer. */
export interface SignatureError {
  /** The type of gateway response with which API Gateway responds. */
  readonly type: "INVALID_SIGNATURE" | "MISSING_AUTHENTICATION_TOKEN";
  readonly message: string;
  /** `x-amzn-ErrorType`, if it differs from the default of the type. */
  readonly errorType?: string;
  /** Which check failed: for the operator's log only. Contains no credential. */
  readonly reason: string;
}

export function isSignatureError(signer: Principal | SignatureError): signer is SignatureError {
  return "reason" in signer;
}

/** Tolerated clock difference of a caller, in milliseconds. */
const skew = 5 * 60_000;

/**
 * The principal whose key signed the request, or why there is none.
 * @param now milliseconds since the epoch
 * @param service the service that the signature must be scoped to
 */
export async function signerOf(
  request: ApiRequest,
  identities: Pick<Identities, "byAccessKeyId">,
  now: number,
  service = "execute-api",
): Promise<Principal | SignatureError> {
  const presented = presentedSignature(request);
  if ("absent" in presented)
    return {
      type: "MISSING_AUTHENTICATION_TOKEN",
      message: "Missing Authentication Token",
      reason: "the call is not signed",
    };
  if ("malformed" in presented)
    return {
      type: "INVALID_SIGNATURE",
      message: presented.message ?? "Authorization is not a complete AWS Signature Version 4.",
      errorType: "IncompleteSignatureException",
      reason: `the signature is malformed: ${presented.malformed}`,
    };
  const principal = identities.byAccessKeyId(presented.accessKeyId);
  if (!principal || !sameText(presented.sessionToken ?? "", principal.sessionToken ?? ""))
    return {
      // The body's key is `message`, and the type UnrecognizedClientException (badslug/Paw-AWSSignature4DynamicValue#5).
      type: "INVALID_SIGNATURE",
      message: "The security token included in the request is invalid.",
      errorType: "UnrecognizedClientException",
      reason: principal ? "the session token is not the key's" : "the access key is unknown",
    };
  const invalid = scopeError(request, presented, service) ?? timeError(presented, now);
  if (invalid) return invalid;
  const bodyHash = hashOf(request.body);
  const uncovered = coveredError(request, presented, bodyHash);
  if (uncovered) return uncovered;
  const expected = await expectedSignature(request, presented, principal.secretAccessKey, bodyHash);
  if (timingSafeEqual(expected, Buffer.from(presented.signature, "hex"))) return principal;
  return mismatch("the signature does not match");
}

function scopeError(
  request: ApiRequest,
  { scope, date }: PresentedSignature,
  expectedService: string,
): SignatureError | undefined {
  const [day, region, service, terminator] = scope;
  const invalid = (message: string): SignatureError => ({
    type: "INVALID_SIGNATURE",
    message,
    reason: `the credential's scope is wrong: ${message}`,
  });
  if (terminator !== "aws4_request") return invalid("Credential should be scoped with a valid terminator.");
  if (service !== expectedService)
    // AWS ends each of its sentences with a space (aws/aws-sdk-js#3571 shows this one).
    return invalid(`Credential should be scoped to correct service: '${expectedService}'. `);
  if (region !== request.api.region) return invalid("Credential should be scoped to a valid region.");
  if (day !== date.slice(0, 8)) return invalid("Date in Credential scope does not match YYYYMMDD from X-Amz-Date.");
  return undefined;
}

function timeError({ date, expiresIn }: PresentedSignature, now: number): SignatureError | undefined {
  const signedAt = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(signedAt)) return mismatch("X-Amz-Date is not a date");
  const short = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
  const outdated = (message: string): SignatureError => ({ type: "INVALID_SIGNATURE", message, reason: message });
  if (signedAt > now + skew)
    return outdated(
      `Signature not yet current: ${date} is still later than ${short(now + skew)} (${short(now)} + 5 min.)`,
    );
  // A presigned URL states its own lifetime and gets no tolerance in addition.
  const holdsFor = expiresIn === undefined ? skew : expiresIn * 1000;
  if (signedAt + holdsFor < now)
    return outdated(
      expiresIn === undefined
        ? `Signature expired: ${date} is now earlier than ${short(now - skew)} (${short(now)} - 5 min.)`
        : "Signature expired",
    );
  return undefined;
}

/** What a signature must cover to be meaningful: the host, all X-Amz- headers, and the body that arrived. */
function coveredError(
  request: ApiRequest,
  { signedHeaders }: PresentedSignature,
  bodyHash: string,
): SignatureError | undefined {
  const sent = new Set(request.headers.map(([name]) => name.toLowerCase()));
  // Otherwise a signature for one API would be valid for another one of the same account with the same path.
  if (!signedHeaders.includes("host")) return mismatch("host is not signed");
  if (request.headers.filter(([name]) => name.toLowerCase() === "host").length !== 1)
    return mismatch("host is not sent once");
  if (!signedHeaders.every((name) => sent.has(name))) return mismatch("a signed header was not sent");
  if ([...sent].some((name) => name.startsWith("x-amz-") && !signedHeaders.includes(name)))
    return mismatch("an X-Amz- header is not signed");
  const claimed = request.headers.filter(([name]) => name.toLowerCase() === "x-amz-content-sha256");
  if (claimed.some(([, hash]) => !sameText(hash, bodyHash))) return mismatch("the body's hash is not the one signed");
  return undefined;
}

function mismatch(reason: string): SignatureError {
  return {
    type: "INVALID_SIGNATURE",
    message:
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    reason,
  };
}

/** Compares in constant time; only the lengths can leak. */
function sameText(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
