// The MOCK integration: the gateway responds with constants, and with the caller's origin if it is one of those listed, as it does for
// CORS preflights.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html

import { header } from "../../server/api-request";
import type { Integration as Declared, IntegrationResponse } from "../../../graph/openapi";
import type { Exchange, GatewayResponse } from "../request/exchange";
import type { HttpResponse } from "../../server/http-message";
import { mediaType } from "../request/media-types";
import { originTemplate, type OriginTemplate } from "./origin-template";
import { Unenforceable } from "../../base/unenforceable";
import type { Integrate, IntegrationContext } from "../integration/integration";

interface MockResponse {
  readonly status: number;
  readonly headers: readonly [name: string, value: string][];
  readonly body: string;
  /** The origin that the response names, by request; absent: the headers are constants. */
  readonly origin?: OriginTemplate;
}

const headerTarget = /^method\.response\.header\.([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/;

/** @throws Unenforceable for templates that are not constant, and for responses selected by anything but a status */
export function mock(declared: Declared, { isBinary, where }: IntegrationContext): Integrate {
  const statuses = new Map(
    Object.entries(declared.requestTemplates ?? {}).map(([type, template]) => [
      type.toLowerCase(),
      requestStatus(template, where),
    ]),
  );
  const responses = new Map(
    Object.entries(declared.responses ?? {}).map(([selector, response]) => {
      if (!/^(?:default|\d{3})$/.test(selector)) throw new Unenforceable(where, "selects a MOCK response by a pattern");
      return [selector, compileResponse(response, where)];
    }),
  );
  const passthrough = (declared.passthroughBehavior ?? "when_no_match").toLowerCase();
  const toText = declared.contentHandling === "CONVERT_TO_TEXT";
  return (exchange) => {
    const contentType = header(exchange.request, "content-type");
    // A text template cannot process a binary body. With `*`+`/*` this affects even CORS preflights.
    if (!toText && isBinary(contentType))
      return failure("the request is binary and contentHandling does not convert it");
    // "If no Content-Type is sent, application/json is assumed" (api-gateway-integration-settings-integration-request)
    let status = statuses.get(contentType === undefined ? "application/json" : mediaType(contentType));
    if (status === undefined) {
      if (passthrough === "never" || (passthrough === "when_no_templates" && statuses.size > 0)) return unsupported;
      status = statusIn(exchange.request.body.toString("utf8"));
    }
    const response = status !== undefined && (responses.get(String(status)) ?? responses.get("default"));
    if (!response) return failure("no statusCode selects a MOCK response");
    exchange.integration = { status, latencyMs: 0 };
    return respond(response, exchange);
  };
}

function respond({ status, headers, body, origin }: MockResponse, exchange: Exchange): HttpResponse {
  const { request, extendedRequestId } = exchange;
  const own: [string, string][] = headers.some(([name]) => name.toLowerCase() === "content-type")
    ? []
    : [["Content-Type", "application/json"]];
  const allowed = origin?.(exchange);
  const named: [string, string][] = allowed === undefined ? [] : [["Access-Control-Allow-Origin", allowed]];
  return {
    status,
    headers: [
      ...own,
      ...headers,
      ...named,
      ["x-amzn-RequestId", request.requestId],
      ["x-amz-apigw-id", extendedRequestId],
    ],
    body,
  };
}

function requestStatus(template: string, where: string): number {
  const status = isConstant(template) ? statusIn(template) : undefined;
  if (status === undefined)
    throw new Unenforceable(where, "has a MOCK request template that is not a constant statusCode");
  return status;
}

function statusIn(text: string): number | undefined {
  try {
    const status = (JSON.parse(text) as { statusCode?: unknown } | null)?.statusCode;
    return typeof status === "number" && Number.isInteger(status) ? status : undefined;
  } catch {
    return undefined;
  }
}

function compileResponse(response: IntegrationResponse, where: string): MockResponse {
  const status = Number(response.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new Unenforceable(where, "has a MOCK response without an HTTP status");
  const templates = Object.entries(response.responseTemplates ?? {});
  const origin = templates[0] && originTemplate(templates[0][1]);
  if (
    templates.length > 1 ||
    !templates.every(([type, text]) => type === "application/json" && (origin || isConstant(text)))
  )
    throw new Unenforceable(
      where,
      "has a MOCK response template that is not one constant of application/json, or of listed origins",
    );
  const headers = Object.entries(response.responseParameters ?? {}).map(([key, value]): [string, string] => {
    const name = headerTarget.exec(key)?.[1];
    const text = /^'([\t\x20-\x26\x28-\x7e]*)'$/.exec(value)?.[1];
    if (name === undefined || text === undefined)
      throw new Unenforceable(where, "sets a MOCK response parameter that is not a header from a quoted text");
    return [name, text];
  });
  return origin ? { status, headers, body: "", origin } : { status, headers, body: templates[0]?.[1] ?? "" };
}

/** Contains no variable or directive of the Velocity Template Language. */
function isConstant(template: string): boolean {
  return !/[$]|#[a-z*#[]/i.test(template);
}

function failure(reason: string): GatewayResponse {
  return {
    type: "API_CONFIGURATION_ERROR",
    message: "Internal server error",
    errorType: "InternalServerErrorException",
    reason,
  };
}

const unsupported: GatewayResponse = {
  type: "UNSUPPORTED_MEDIA_TYPE",
  message: "Unsupported Media Type",
  reason: "no template for this Content-Type, and passthrough is off",
};
