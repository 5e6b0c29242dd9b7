// Stand-in for S3: GetObject and PutObject with conditional headers, for callers whose signature is already verified.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html

import type { HttpResponse } from "../../server/http-message";
import { type Service, type ServiceRequest, ServiceError } from "../../aws/service";
import type { Actor, Buckets } from "./buckets";
import type { Precondition } from "./object-files";

/** @param actorOf the caller, with the function that its role belongs to */
export function s3(region: string, buckets: Buckets, actorOf: (request: ServiceRequest) => Actor): Service {
  const operation = ({ method }: ServiceRequest) => (method === "GET" ? "GetObject" : "PutObject");
  return {
    name: "s3",
    region,
    operationOf: operation,
    respond: (request) => {
      try {
        return Promise.resolve(respond(request, buckets, actorOf(request)));
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return Promise.resolve(errorResponse(error));
      }
    },
  };
}

function respond(request: ServiceRequest, buckets: Buckets, actor: Actor): HttpResponse {
  const [bucket = "", ...rest] = request.path;
  const key = rest.join("/");
  if (request.method === "GET") {
    const found = buckets.get(actor, bucket, key);
    const unchanged = request.header("if-none-match") === found.etag;
    return { status: unchanged ? 304 : 200, headers: [["ETag", found.etag]], body: unchanged ? "" : found.body };
  }
  if (request.method !== "PUT")
    throw new ServiceError(405, "MethodNotAllowed", "Only GetObject and PutObject are here.");
  const etag = buckets.put(actor, bucket, key, request.body, conditionOf(request));
  if (etag === undefined) {
    throw new ServiceError(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  }
  return { status: 200, headers: [["ETag", etag]], body: "" };
}

function conditionOf(request: ServiceRequest): Precondition {
  const etag = request.header("if-match");
  if (etag !== undefined) return { etag };
  return request.header("if-none-match") === "*" ? { absent: true } : undefined;
}

function errorResponse({ status, code, message }: ServiceError): HttpResponse {
  const escaped = message.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped}</Message></Error>`;
  return { status, headers: [["Content-Type", "application/xml"]], body };
}
