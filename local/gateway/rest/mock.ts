// The MOCK integration: the gateway responds by itself, with constants as for CORS preflights, or by mapping templates.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html

import { header } from "../../server/api-request";
import type { Integration as Declared, IntegrationResponse } from "../../../graph/openapi";
import type { Exchange, GatewayResponse } from "../request/exchange";
import { type HttpResponse, isHeaderName, isHeaderText } from "../../server/http-message";
import { mediaType } from "../request/media-types";
import { Unenforceable, unenforceableAt } from "../../base/unenforceable";
import type { Integrate, IntegrationContext } from "../integration/integration";
import { compileTemplate, emptyOverrides, type Overrides, type Template } from "./mapping-template";
import type { ValueMap } from "./velocity-template";

interface MockResponse {
  readonly status: number;
  readonly headers: readonly [name: string, value: string][];
  readonly body: Template;
}

const headerTarget = /^method\.response\.header\.([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/;

/** @throws Unenforceable for templates with constructs that are not known, and for other selectors than of a status */
export function mock(declared: Declared, { isBinary, where }: IntegrationContext): Integrate {
  const templates = new Map(
    Object.entries(declared.requestTemplates ?? {}).map(([type, template]) => [
      type.toLowerCase(),
      requestTemplate(template, where),
    ]),
  );
  const responses = Object.entries(declared.responses ?? {}).map(
    ([selector, response]) => [selectorOf(selector, where), compileResponse(response, where)] as const,
  );
  const passthrough = (declared.passthroughBehavior ?? "when_no_match").toLowerCase();
  const toText = declared.contentHandling === "CONVERT_TO_TEXT";
  return (exchange) => {
    const contentType = header(exchange.request, "content-type");
    // A text template cannot process a binary body. With `*`+`/*` this affects even CORS preflights.
    if (!toText && isBinary(contentType))
      return failure("the request is binary and contentHandling does not convert it");
    // "If no Content-Type is sent, application/json is assumed" (api-gateway-integration-settings-integration-request)
    const template = templates.get(contentType === undefined ? "application/json" : mediaType(contentType));
    if (!template && (passthrough === "never" || (passthrough === "when_no_templates" && templates.size > 0)))
      return unsupported;
    const overrides = emptyOverrides();
    try {
      const text = template ? template(exchange, overrides) : exchange.request.body.toString("utf8");
      const status = statusIn(text);
      const found = responses.filter(([selects]) => status !== undefined && selects?.(status) !== false);
      // The default, which selects nothing by itself, is for what no other selects.
      const [, response] = found.find(([selects]) => selects) ?? found[0] ?? [];
      if (!response) return failure("no statusCode selects a MOCK response");
      exchange.integration = { status, latencyMs: 0 };
      return respond(response, exchange, overrides);
    } catch (problem) {
      return failure(`a MOCK template failed: ${(problem as Error).message}`);
    }
  };
}

/** Which statuses a response is for; `undefined`: the default. A selector is a pattern that matches the whole status. */
function selectorOf(selector: string, where: string): ((status: number) => boolean) | undefined {
  if (selector === "default") return undefined;
  // What Java and JavaScript read alike.
  if (!/^(?:\d|\\d|[.|()?+*]|\[[\d-]+\]|\{\d(?:,\d)?\})+$/.test(selector))
    throw new Unenforceable(where, "selects a MOCK response by a pattern that is not of digits");
  const pattern = unenforceableAt(where, () => new RegExp(`^(?:${selector})$`));
  return (status) => pattern.test(String(status));
}

function respond({ status, headers, body }: MockResponse, exchange: Exchange, overrides: Overrides): HttpResponse {
  const { request, extendedRequestId } = exchange;
  // First, since it may set overrides.
  const text = body(exchange, overrides);
  const { status: override = status, header: set } = overrides.responseOverride;
  // It may have been put together of texts.
  const other = typeof override === "string" && /^\d{3}$/.test(override) ? Number(override) : override;
  if (typeof other !== "number" || !isStatus(other)) throw new Error("an override's status is not an HTTP status");
  const overridden = Object.entries(set as ValueMap).map(([name, value]): [string, string] => {
    const own = String(value);
    if (typeof value === "object" || !isHeaderName(name) || !isHeaderText(own) || framing.has(name.toLowerCase()))
      throw new Error("an override's header cannot be written in HTTP");
    return [name, own];
  });
  const names = new Set(overridden.map(([name]) => name.toLowerCase()));
  const kept = [...headers.filter(([name]) => !names.has(name.toLowerCase())), ...overridden];
  const type: [string, string][] = kept.some(([name]) => name.toLowerCase() === "content-type")
    ? []
    : [["Content-Type", "application/json"]];
  return {
    status: other,
    headers: [...type, ...kept, ["x-amzn-RequestId", request.requestId], ["x-amz-apigw-id", extendedRequestId]],
    body: text,
  };
}

/** Headers that frame the message or belong to one connection. */
const framing = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

function isStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599;
}

function requestTemplate(text: string, where: string): Template {
  const template = compile(text, where);
  if (isConstant(text) && statusIn(text) === undefined)
    throw new Unenforceable(where, "has a MOCK request template without a statusCode");
  return template;
}

function compile(text: string, where: string): Template {
  if (isConstant(text)) return () => text;
  try {
    return compileTemplate(text);
  } catch (problem) {
    throw new Unenforceable(where, `has a MOCK template that ${(problem as Error).message}`);
  }
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
  if (!isStatus(status)) throw new Unenforceable(where, "has a MOCK response without an HTTP status");
  const templates = Object.entries(response.responseTemplates ?? {});
  if (templates.length > 1 || !templates.every(([type]) => type === "application/json"))
    throw new Unenforceable(where, "has a MOCK response template that is not one of application/json");
  const headers = Object.entries(response.responseParameters ?? {}).map(([key, value]): [string, string] => {
    const name = headerTarget.exec(key)?.[1];
    const text = /^'([\t\x20-\x26\x28-\x7e]*)'$/.exec(value)?.[1];
    if (name === undefined || text === undefined)
      throw new Unenforceable(where, "sets a MOCK response parameter that is not a header from a quoted text");
    return [name, text];
  });
  return { status, headers, body: compile(templates[0]?.[1] ?? "", where) };
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
