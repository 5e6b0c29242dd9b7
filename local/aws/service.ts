// Interface of a local stand-in for an AWS service, which responds to requests whose signature is already verified.

import type { HttpResponse } from "../server/http-message";
import type { Principal } from "../iam/identities";

export interface ServiceRequest {
  /** Who signed it. */
  readonly principal: Principal;
  readonly method: string;
  /** Decoded segments of the path. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** @param name in lower case */
  header(name: string): string | undefined;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Service {
  /** Service name in a signature's credential scope, for example `secretsmanager`. */
  readonly name: string;
  readonly region: string;
  /**
   * API operation of a request, for example `PutSecretValue`; may be empty for a request that the service does not
   * know.
   */
  operationOf(request: ServiceRequest): string;
  /** @throws ServiceError */
  respond(request: ServiceRequest): Promise<HttpResponse>;
}

/** A JSON response; `undefined` gives an empty body. */
export function json(status: number, body: unknown, type = "application/json"): HttpResponse {
  return { status, headers: [["Content-Type", type]], body: body === undefined ? "" : JSON.stringify(body) };
}

/** The fields of a request's body. @throws ServiceError 400 SerializationException if it is not a JSON object */
export function fieldsOf({ body }: ServiceRequest): Readonly<Record<string, unknown>> {
  const fields = parsed(body);
  if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) return fields as Record<string, unknown>;
  throw new ServiceError(400, "SerializationException", "the body is not a JSON object");
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

// An AWS service's error response: HTTP status, message, and a code that SDKs turn into an exception of that name.

export class ServiceError extends Error {
  constructor(
    readonly status: number,
    /** For example `ResourceNotFoundException`. */
    readonly code: string,
    message: string,
    /** The fields of its body, if the service does not write `__type` and `message`. */
    readonly body?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}
