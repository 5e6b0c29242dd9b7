// Compares an answer with the matrix: status, body and handshake.

import type { Status } from "../access-matrix/evaluation";
import type { Cell } from "../access-matrix/matrix";
import type { Answer } from "./client";
import { isRefusal, isResult } from "./bodies";

/**
 * `more`: lets in whom the matrix refuses. `less`: refuses whom the matrix lets in. `otherwise`: refuses, but in another way.
 * Each is a failure: a stack that refuses everybody is no proof that it refuses those whom it should.
 */
export type Outcome = "as expected" | "more" | "less" | "otherwise";

export interface Compared {
  readonly outcome: Outcome;
  /** What differs, where the status does not say it. */
  readonly why?: string;
}

/** Statuses by which API Gateway and the function refuse a caller; any other comes from behind them. */
const refusals: readonly Status[] = [401, 403, 404, 429, "no answer"];

export function compared(
  cell: Pick<Cell, "location" | "credential" | "status" | "route">,
  answer: Pick<Answer, "status" | "body" | "handshake">,
): Compared {
  const { location, credential, status: expected, route } = cell;
  const { status, body, handshake } = answer;
  const letsIn = typeof expected === "number" && expected < 400;
  if (location === "older TLS") {
    if (handshake) return { outcome: "more", why: "the handshake was completed" };
    return { outcome: status === "no answer" ? "as expected" : "more" };
  }
  if (letsIn) {
    if (status !== expected) return { outcome: refusals.includes(status) ? "less" : "otherwise" };
    return isResult(route!, body) ? { outcome: "as expected" } : { outcome: "otherwise", why: "the body is no result" };
  }
  if (!refusals.includes(status)) return { outcome: "more", why: "it came from behind the API's protection" };
  if (status !== "no answer" && !isRefusal(body)) return { outcome: "more", why: "the body is more than a refusal" };
  if (status === expected) return { outcome: "as expected" };
  // AWS closes the connection or answers 403, and documents both of a certificate that it does not trust.
  const ofCertificate = ["foreign certificate", "expired certificate"].includes(credential.certificate ?? "");
  return { outcome: ofCertificate && status === "no answer" ? "as expected" : "otherwise" };
}
