// What a local stand-in of an AWS service is given, and gives: calls whose signature has been verified.

import type { FrontResponse } from "../gateway/front";
import type { Principal } from "../identities";

export interface ServiceCall {
  /** Who signed it. */
  readonly principal: Principal;
  readonly method: string;
  /** Decoded segments of the path. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Service {
  /** As in the scope of a signature, for example `secretsmanager`. */
  readonly name: string;
  readonly region: string;
  /** What the call does, in the SDK's word, for example `PutSecretValue`. */
  operationOf(call: ServiceCall): string;
  /** @throws ServiceError */
  answer(call: ServiceCall): Promise<FrontResponse>;
}

/** An answer in JSON. */
export function json(status: number, body: unknown, type = "application/json"): FrontResponse {
  return { status, headers: [["Content-Type", type]], body: body === undefined ? "" : JSON.stringify(body) };
}
