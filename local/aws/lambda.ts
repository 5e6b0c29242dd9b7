// Stand-in for Lambda's Invoke, by which an operator calls a function of the program directly.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html

import type { Functions } from "../functions/environments/invocation";
import type { HttpResponse } from "../server/http-message";
import { permit } from "./permission";
import { json, type Service, ServiceError } from "./service";

/** Longest wait for an invocation, in milliseconds: Lambda's own limit on a function's timeout. */
const timeoutMs = 900_000;

/** @param arns function ARNs in this region, by function name */
export function lambdaInvoke(region: string, arns: ReadonlyMap<string, string>, functions: Functions): Service {
  return {
    name: "lambda",
    region,
    operationOf: () => "Invoke",
    respond: async ({ method, path, body, principal, at }): Promise<HttpResponse> => {
      const [version, kind, name, action] = path;
      if (method !== "POST" || version !== "2015-03-31" || kind !== "functions" || action !== "invocations") {
        throw new ServiceError(404, "UnknownOperationException", "no such operation here");
      }
      const arn = arns.get(name!) ?? [...arns.values()].find((known) => known === name);
      permit(principal, at, { action: "lambda:InvokeFunction", resource: arn ?? String(name) });
      if (arn === undefined) throw new ServiceError(404, "ResourceNotFoundException", "Function not found");
      const event = eventOf(body);
      const outcome = await functions.invoke(arn, event, { timeoutMs });
      if (outcome.kind === "result") return json(200, outcome.payload ?? null);
      if (outcome.kind === "throttled") throw new ServiceError(429, "TooManyRequestsException", "Rate Exceeded.");
      const { errorType, errorMessage } =
        outcome.kind === "error" ? outcome : { errorType: "Sandbox.Timedout", errorMessage: "Task timed out" };
      const response = json(200, { errorType, errorMessage });
      return { ...response, headers: [...response.headers, ["X-Amz-Function-Error", "Unhandled"]] };
    },
  };
}

/** @throws ServiceError 400 InvalidRequestContentException if it is not JSON */
function eventOf(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new ServiceError(400, "InvalidRequestContentException", "Could not parse request body into json");
  }
}
