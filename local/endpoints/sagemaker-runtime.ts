// Stand-in for SageMaker's runtime: InvokeEndpoint, for callers whose signature is already verified.
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html

import { permit } from "../aws/permission";
import { type Service, ServiceError, type ServiceRequest } from "../aws/service";
import type { HttpResponse } from "../server/http-message";
import { type Engine, type EngineAnswer, EngineFailure } from "./engine";

export interface InvokableEndpoint {
  readonly name: string;
  readonly arn: string;
  /** Name of its only production variant. */
  readonly variant: string;
  readonly engine: Engine;
}

/** @param find by name */
export function sagemakerRuntime(region: string, find: (name: string) => InvokableEndpoint | undefined): Service {
  return {
    name: "sagemaker",
    region,
    operationOf: () => "InvokeEndpoint",
    respond: (request) => respond(request, region, find),
  };
}

const endpointName = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

async function respond(
  request: ServiceRequest,
  region: string,
  find: (name: string) => InvokableEndpoint | undefined,
): Promise<HttpResponse> {
  const { method, path, principal, at, body } = request;
  const [collection, name = "", action, ...rest] = path;
  if (method !== "POST" || collection !== "endpoints" || action !== "invocations" || rest.length > 0)
    throw error(404, "UnknownOperationException", "no such operation here");
  if (!endpointName.test(name)) throw error(400, "ValidationError", "EndpointName does not fit its pattern");
  const endpoint = find(name);
  const [, partition] = principal.arn.split(":");
  const own = `arn:${partition}:sagemaker:${region}:${principal.account}:endpoint/${name.toLowerCase()}`;
  // Before it is said whether there is such an endpoint, as in AWS.
  permit(principal, at, { action: "sagemaker:InvokeEndpoint", resource: endpoint?.arn ?? own, rest: true });
  if (endpoint === undefined)
    throw error(400, "ValidationError", `Endpoint ${name} of account ${principal.account} not found.`);
  const target = ["target-model", "target-variant", "target-container-hostname"].find(
    (each) => request.header(`x-amzn-sagemaker-${each}`) !== undefined,
  );
  if (target !== undefined)
    throw error(400, "ValidationError", "this endpoint has one model, one variant and one container");
  // No other header of the caller's reaches the container: SageMaker strips those that its API does not have.
  const sent = { contentType: request.header("content-type"), accept: request.header("accept"), body };
  return answerOf(await endpoint.engine.invoke(sent).catch(failed), endpoint);
}

function answerOf({ status, contentType, body }: EngineAnswer, { variant }: InvokableEndpoint): HttpResponse {
  if (status < 200 || status > 299) throw modelError(status, body.toString("utf8"));
  const type: [string, string][] = contentType === undefined ? [] : [["Content-Type", contentType]];
  return { status: 200, headers: [...type, ["x-Amzn-Invoked-Production-Variant", variant]], body };
}

/** @throws ServiceError for each way in which an engine fails to answer */
function failed(cause: unknown): never {
  if (!(cause instanceof EngineFailure)) throw cause;
  if (cause.kind === "down") throw error(503, "ServiceUnavailable", "the endpoint has no instance that is in service");
  if (cause.kind === "large") throw modelError(0, "the answer is longer than an endpoint's may be");
  if (cause.kind === "late")
    throw modelError(0, "Your invocation timed out while waiting for a response from container primary.");
  throw modelError(0, "the container ended before it answered");
}

/** What the container answered, or 0 and why there is no answer. The original message is cut as AWS cuts it. */
function modelError(status: number, message: string): ServiceError {
  const client = status >= 400 && status < 500;
  const OriginalMessage = message.slice(0, 1_024);
  const fields = {
    ErrorCode: client ? "CLIENT_ERROR_FROM_MODEL" : "INTERNAL_FAILURE_FROM_MODEL",
    LogStreamArn: "",
    Message: `Received ${client ? "client" : "server"} error (${status}) from primary with message "${OriginalMessage}".`,
    OriginalMessage,
    OriginalStatusCode: status,
  };
  return new ServiceError(424, "ModelError", fields.Message, fields);
}

function error(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, code, message, { message });
}
