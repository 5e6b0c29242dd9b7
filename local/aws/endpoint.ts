// HTTPS endpoint of the local stand-ins for AWS services: one server that picks the service by the credential scope
// (region and service name) of a request's SigV4 signature, and rejects every request whose signature does not verify.

import { randomUUID } from "node:crypto";
import type { Pair } from "../certificates/authority";
import type { ApiRequest } from "../server/api-request";
import type { HttpRequest, HttpResponse } from "../server/http-message";
import { presentedSignature } from "../iam/sigv4/presented";
import { isSignatureError, signerOf } from "../iam/sigv4/verify";
import { tooLong } from "../server/limits";
import { parseTarget } from "../server/request-target";
import { type GatewayServer, serve } from "../server/server";
import type { Identities } from "../iam/identities";
import { json, type Service, type ServiceRequest, ServiceError } from "./service";

/**
 * Called for each request, and awaited: before the request takes effect, and after it but before the response is sent.
 */
export type Watch = (moment: "before" | "after", operation: string) => Promise<void>;

export interface EndpointOptions {
  readonly services: readonly Service[];
  readonly identities: Pick<Identities, "byAccessKeyId">;
  readonly clock: () => number;
  readonly tls: Pair;
  readonly watch: Watch;
  /** Largest request body in bytes; absent: API Gateway's, which is no service's here. */
  readonly bodyLimit?: number;
}

export function openEndpoint(options: EndpointOptions): Promise<GatewayServer> {
  const respond = (request: HttpRequest) => respondTo(request, options);
  const { tls, bodyLimit } = options;
  const limits = bodyLimit === undefined ? {} : { bodyLimit, bodyTooLarge: tooLong(bodyLimit) };
  return serve({ minVersion: "TLSv1.2", respond, ...limits }, { tls, port: 0 });
}

async function respondTo(request: HttpRequest, { services, identities, clock, watch }: EndpointOptions) {
  try {
    const presentedRequest = presentedRequestOf(request);
    const presented = presentedSignature(presentedRequest);
    const [, region, name] = "scope" in presented ? presented.scope : [];
    const service = services.find((known) => known.name === name && known.region === region);
    // An unknown service or region is verified against an empty scope, so it is rejected as an invalid signature.
    const api = { ...presentedRequest.api, region: service?.region ?? "" };
    const principal = await signerOf({ ...presentedRequest, api }, identities, clock(), service?.name ?? "");
    if (isSignatureError(principal)) {
      const unknown =
        principal.type === "INVALID_SIGNATURE" && principal.errorType !== "UnrecognizedClientException"
          ? "InvalidSignature"
          : "UnrecognizedClient";
      throw new ServiceError(403, principal.errorType ?? `${unknown}Exception`, principal.message);
    }
    const serviceRequest: ServiceRequest = {
      principal,
      method: presentedRequest.method,
      // Only S3 decodes a plus sign in a path as a space.
      path: presentedRequest.path
        .split("/")
        .filter(Boolean)
        .map((part) => decodeURIComponent(service!.name === "s3" ? part.replaceAll("+", " ") : part)),
      query: new URLSearchParams(presentedRequest.rawQuery),
      header: (wanted) => presentedRequest.headers.find(([sent]) => sent.toLowerCase() === wanted)?.[1],
      body: presentedRequest.body,
      at: clock(),
    };
    const operation = service!.operationOf(serviceRequest);
    await watch("before", operation);
    const response = await service!.respond(serviceRequest);
    await watch("after", operation);
    return withRequestId(response);
  } catch (error) {
    const known = error instanceof ServiceError ? error : new ServiceError(500, "InternalFailure", "internal failure");
    const body = known.body ?? { __type: known.code, message: known.message };
    const errorResponse = json(known.status, body);
    return withRequestId({ ...errorResponse, headers: [...errorResponse.headers, ["x-amzn-ErrorType", known.code]] });
  }
}

function withRequestId(response: HttpResponse): HttpResponse {
  return { ...response, headers: [...response.headers, ["x-amzn-RequestId", randomUUID()]] };
}

/** The fields of a gateway's call that a signature covers; the others are left empty. */
function presentedRequestOf({ method, url, headers, body, sourceIp, receivedAt }: HttpRequest): ApiRequest {
  const target = parseTarget(url);
  if (!target) throw new ServiceError(400, "ValidationException", "the request target is not a valid URL");
  return {
    api: { id: "", stage: "", region: "", account: "", partition: "aws" },
    requestId: "",
    method,
    path: target.path,
    stagePath: target.path,
    resource: "",
    pathParameters: {},
    rawQuery: target.rawQuery,
    headers,
    body,
    sourceIp,
    receivedAt,
  };
}
