// The Lambda integration of an HTTP API's route, with payload format 2.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

import type { Invocation } from "../../functions/environments/invocation";
import type { Integration } from "../request/document";
import type { Exchange } from "../request/exchange";
import type { FrontResponse } from "../../server/message";
import type { IntegrationContext } from "../integration/integrate";
import { invokeTarget, lambdaTarget, overPayloadLimit } from "../integration/lambda-target";
import { Unenforceable } from "../../base/unenforceable";
import { httpFault, type HttpFault } from "../responses/http-api-responses";
import { httpEvent } from "./http-api-event";
import { readHttpResponse } from "./http-api-response";

/** In milliseconds. 30 s is an HTTP API's maximum and its default. */
const timeouts = { least: 50, most: 30_000, standard: 30_000 };

/** @throws Unenforceable for anything but a Lambda integration that AWS would accept */
export function httpIntegration(
  declared: Integration | undefined,
  context: Omit<IntegrationContext, "isBinary">,
  iam: boolean,
): (exchange: Exchange) => Promise<FrontResponse | HttpFault> {
  if (!declared) throw new Unenforceable(context.where, "has no integration");
  const target = lambdaTarget(declared, context, timeouts);
  return async (exchange) => {
    if (!target.permits(exchange.call.method)) return notPermitted;
    const event = httpEvent(exchange, iam);
    if (overPayloadLimit(event, exchange.call.body.length)) return eventTooLarge;
    const invocation = await invokeTarget(context.functions, target, event, exchange);
    const outcome = invocation.kind === "result" ? readHttpResponse(invocation.payload) : failures[invocation.kind];
    const fault = "malformed" in outcome ? httpFault(500, "DEFAULT_5XX", outcome.malformed) : outcome;
    if ("reason" in fault) exchange.integration!.error = fault.reason;
    return fault;
  };
}

const notPermitted = httpFault(
  500,
  "API_CONFIGURATION_ERROR",
  "no aws:lambda/permission:Permission lets API Gateway invoke the function for this route",
);

const eventTooLarge = httpFault(413, "REQUEST_TOO_LARGE", "the event is over Lambda's payload limit of 6 MB");

const failures: Readonly<Record<Exclude<Invocation["kind"], "result">, HttpFault>> = {
  error: httpFault(500, "INTEGRATION_FAILURE", "the function failed"),
  timeout: httpFault(503, "INTEGRATION_TIMEOUT", "the integration timed out"),
  throttled: httpFault(503, "INTEGRATION_FAILURE", "the function has no concurrency left"),
};
