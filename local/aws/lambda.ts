// Stand-in for Lambda's Invoke, by which an operator calls a function of the program directly.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html

import { payloadLimit } from "../../contract";
import { ofType, type Graph } from "../../graph/resource";
import type { Functions, Invocation } from "../functions/environments/invocation";
import type { HttpResponse } from "../server/http-message";
import { permit } from "./permission";
import { json, type Service, ServiceError, type ServiceRequest } from "./service";

/** Longest wait for an invocation, in milliseconds: Lambda's own limit on a function's timeout. */
const timeoutMs = 900_000;

/** Largest payload of an asynchronous invocation in bytes (Lambda quotas: "1 MB for asynchronous"). */
const eventLimit = 1024 * 1024;

const invocationTypes = ["Event", "RequestResponse", "DryRun"];

export interface InvokedFunction {
  readonly arn: string;
  /** The version behind each qualifier: versions and aliases. */
  readonly versions: ReadonlyMap<string, string>;
}

/** The functions of the program that can be invoked by name. @param names only these; absent: all */
export function invokedFunctions(graph: Graph, names?: readonly string[]): Map<string, InvokedFunction> {
  const functions = ofType(graph, "aws:lambda/function:Function").map(({ outputs }) => {
    const { name, arn, version } = outputs as Readonly<Record<string, string>>;
    const aliases = ofType(graph, "aws:lambda/alias:Alias")
      .filter(({ inputs }) => inputs["functionName"] === name || inputs["functionName"] === arn)
      .map((alias) => [String(alias.inputs["name"] ?? alias.name), String(alias.inputs["functionVersion"])] as const);
    const published = ["$LATEST", version ?? "$LATEST"].map((each) => [each, each] as const);
    return [name!, { arn: arn!, versions: new Map([...published, ...aliases]) }] as const;
  });
  return new Map(functions.filter(([name]) => names?.includes(name) ?? true));
}

/** @param known functions in this region, by name */
export function lambdaInvoke(
  region: string,
  known: ReadonlyMap<string, InvokedFunction>,
  functions: Functions,
): Service {
  return {
    name: "lambda",
    region,
    operationOf: () => "Invoke",
    respond: async (request): Promise<HttpResponse> => {
      const { method, path, body, principal, at } = request;
      const [date, kind, name = "", action] = path;
      if (method !== "POST" || date !== "2015-03-31" || kind !== "functions" || action !== "invocations") {
        throw new ServiceError(404, "UnknownOperationException", "no such operation here");
      }
      const type = request.header("x-amz-invocation-type") ?? "RequestResponse";
      if (!invocationTypes.includes(type)) throw unknownType(type);
      const { arn, version } = target(request, region, name, known);
      permit(principal, at, { action: "lambda:InvokeFunction", resource: arn, rest: true });
      if (version === undefined) throw notFound(arn);
      if (type === "DryRun") return { status: 204, headers: [], body: "" };
      if (body.length > (type === "Event" ? eventLimit : payloadLimit)) throw tooLarge(type, body.length);
      const invocation = functions.invoke(arn, eventOf(body), { timeoutMs });
      // Unlike on AWS, an asynchronous invocation that fails is not repeated: the function's log says why it failed.
      if (type === "Event") return { status: 202, headers: [], body: "" };
      return responseTo(await invocation, version);
    },
  };
}

/**
 * The ARN that a request names, with its qualifier, by which permissions are given; without a version if there is no
 * such function or qualifier.
 */
function target(
  { principal, query }: ServiceRequest,
  region: string,
  named: string,
  known: ReadonlyMap<string, InvokedFunction>,
): { readonly arn: string; readonly version?: string } {
  // A name or an ARN, each optionally with a qualifier.
  const [, prefix, name = named, own] = /^(arn:.+:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(named) ?? [];
  const qualifier = query.get("Qualifier") ?? own;
  const [, partition] = principal.arn.split(":");
  const base = `${prefix ?? `arn:${partition}:lambda:${region}:${principal.account}:function:`}${name}`;
  const found = known.get(name)?.arn === base ? known.get(name) : undefined;
  const version = qualifier === undefined ? "$LATEST" : found?.versions.get(qualifier);
  const arn = qualifier === undefined ? base : `${base}:${qualifier}`;
  return found === undefined || version === undefined ? { arn } : { arn, version };
}

function responseTo(invocation: Invocation, version: string): HttpResponse {
  if (invocation.kind === "throttled")
    throw new ServiceError(429, "TooManyRequestsException", "Rate Exceeded.", userFault("Rate Exceeded."));
  const headers: [string, string][] = [
    ["X-Amz-Executed-Version", version],
    // Lambda's own answer has this header, too (a log of all its headers: Brain-Power-Amazon-Fidgetology#28).
    ["x-amzn-Remapped-Content-Length", "0"],
  ];
  const answered = (body: unknown): HttpResponse => {
    const response = json(200, body);
    return { ...response, headers: [...response.headers, ...headers] };
  };
  if (invocation.kind === "result") return answered(invocation.payload ?? null);
  headers.push(["X-Amz-Function-Error", "Unhandled"]);
  if (invocation.kind === "timeout") return answered({ errorType: "Sandbox.Timedout", errorMessage: "Task timed out" });
  const { errorType, errorMessage, trace } = invocation;
  return answered({ errorType, errorMessage, trace });
}

/** @throws ServiceError 400 InvalidRequestContentException if it is not JSON */
function eventOf(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    const why = `Could not parse payload into json: ${(error as Error).message}`;
    const message = `Could not parse request body into json: ${why}`;
    throw new ServiceError(400, "InvalidRequestContentException", message, userFault(message));
  }
}

// Errors as recorded on AWS (LocalStack's snapshots of Lambda): some write `Message`, some `message`.

function notFound(arn: string): ServiceError {
  const message = `Function not found: ${arn}`;
  return new ServiceError(404, "ResourceNotFoundException", message, { Type: "User", Message: message });
}

function tooLarge(type: string, bytes: number): ServiceError {
  const message =
    type === "Event"
      ? `${bytes} byte payload is too large for the Event invocation type (limit ${eventLimit} bytes)`
      : `Request must be smaller than ${payloadLimit} bytes for the InvokeFunction operation`;
  return new ServiceError(413, "RequestEntityTooLargeException", message, userFault(message));
}

function unknownType(type: string): ServiceError {
  const message = `Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [${invocationTypes.join(", ")}]`;
  return new ServiceError(400, "ValidationException", message);
}

function userFault(message: string): Readonly<Record<string, unknown>> {
  return { Type: "User", message };
}
