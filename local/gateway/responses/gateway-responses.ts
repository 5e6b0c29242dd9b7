// The gateway's own responses, as the API document customises them: compiled once, rendered for each request that is
// denied or fails.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

import type { GatewayResponseSetting } from "../../../graph/openapi";
import { type Exchange, type GatewayResponse, gatewayResponseTypes } from "../request/exchange";
import { type HttpResponse, isHeaderText } from "../../server/http-message";
import { Unenforceable } from "../../base/unenforceable";
import { header } from "../../server/api-request";
import { contextVariable, type Getter } from "../request/context-variables";
import { parseRestQuery } from "../../server/request-target";

type AnyType = GatewayResponse["type"];

interface CompiledResponse {
  readonly status?: number;
  readonly headers: readonly HeaderGetter[];
  readonly body?: Template;
}

const defaults: readonly AnyType[] = ["DEFAULT_4XX", "DEFAULT_5XX"];
const knownFields = new Set(["statusCode", "responseParameters", "responseTemplates"]);

/** Renders a gateway response. */
export type RenderGatewayResponse = (exchange: Exchange, response: GatewayResponse) => HttpResponse;

/**
 * @param settings `x-amazon-apigateway-gateway-responses` of the document
 * @param resource URN of the API, for error messages
 * @throws Unenforceable for an unsupported type, template or parameter
 */
export function compileGatewayResponses(
  settings: Readonly<Record<string, GatewayResponseSetting>>,
  resource: string,
): RenderGatewayResponse {
  const compiled = new Map<AnyType, CompiledResponse>();
  for (const [type, setting] of Object.entries(settings)) {
    const where = `${resource}: x-amazon-apigateway-gateway-responses.${type}`;
    if (!Object.hasOwn(gatewayResponseTypes, type) && !defaults.includes(type as AnyType))
      throw new Unenforceable(where, "is not a gateway response type that the local gateway knows");
    compiled.set(type as AnyType, compile(setting, where));
  }
  return (exchange, response) => render(compiled, exchange, response);
}

function compile(setting: GatewayResponseSetting, where: string): CompiledResponse {
  const unknown = Object.keys(setting).find((field) => !knownFields.has(field));
  if (unknown !== undefined) throw new Unenforceable(where, `has an unknown field ${unknown}`);
  const templates = Object.entries(setting.responseTemplates ?? {});
  const foreign = templates.find(([mediaType]) => mediaType !== "application/json")?.[0];
  if (foreign !== undefined)
    throw new Unenforceable(where, `has a template of ${foreign}; only application/json is served`);
  const status = setting.statusCode === undefined ? undefined : Number(setting.statusCode);
  if (status !== undefined && !(Number.isInteger(status) && status >= 400 && status <= 599) && !isRedirect(status))
    throw new Unenforceable(where, "has a statusCode that is not an error status");
  try {
    return {
      status,
      headers: compileParameters(setting.responseParameters ?? {}),
      body: templates[0] && compileTemplate(templates[0][1]),
    };
  } catch (problem) {
    throw new Unenforceable(where, (problem as Error).message);
  }
}

/** 2xx and 3xx are allowed too: some APIs redirect browsers to a login page. */
function isRedirect(status: number): boolean {
  return status >= 200 && status <= 399 && Number.isInteger(status);
}

function render(
  compiled: ReadonlyMap<AnyType, CompiledResponse>,
  exchange: Exchange,
  response: GatewayResponse,
): HttpResponse {
  const own =
    response.type in gatewayResponseTypes
      ? gatewayResponseTypes[response.type as keyof typeof gatewayResponseTypes]
      : undefined;
  const status = response.status ?? own?.status ?? (response.type === "DEFAULT_4XX" ? 400 : 500);
  const setting = response.fixed
    ? undefined
    : (compiled.get(response.type) ?? compiled.get(status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"));
  const headers: [string, string][] = [
    ["Content-Type", "application/json"],
    ["x-amzn-RequestId", exchange.request.requestId],
    ["x-amz-apigw-id", exchange.extendedRequestId],
  ];
  const errorType = response.errorType ?? own?.errorType;
  if (errorType !== undefined) headers.push(["x-amzn-ErrorType", errorType]);
  for (const get of setting?.headers ?? []) {
    const pair = get(exchange);
    if (!pair) continue;
    const same = headers.findIndex(([name]) => name.toLowerCase() === pair[0].toLowerCase());
    if (same === -1) headers.push(pair);
    else headers[same] = pair;
  }
  const body = setting?.body?.(exchange) ?? defaultBody(response, status);
  return { status: setting?.status ?? status, headers, body };
}

/**
 * ACCESS_DENIED bodies spell `Message` with a capital letter (recorded on AWS; ministack#1756). What goes wrong with the
 * integration has a space after the colon (aws/aws-lambda-dotnet, V1_HandlesZeroStatusCodeRest.json: 36 bytes).
 */
function defaultBody({ type, message }: GatewayResponse, status: number): string {
  const spaced = message !== null && (status >= 500 || type === "REQUEST_TOO_LARGE");
  if (spaced) return `{"message": ${JSON.stringify(message)}}`;
  return JSON.stringify(type === "ACCESS_DENIED" ? { Message: message } : { message });
}

// Headers of gateway responses: `gatewayresponse.header.<Name>` from a quoted constant, the request or `$context`.

/** Returns a header; `undefined` if its source has no value, or one that is not valid in a header. */
type HeaderGetter = (exchange: Exchange) => [name: string, value: string] | undefined;

const target = /^gatewayresponse\.header\.([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/;
/** Headers that frame the message: if a document set them, two readers could disagree about where it ends. */
const framing = /^(?:content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade)$/i;

/** @throws Error naming the parameter that is not supported */
function compileParameters(parameters: Readonly<Record<string, string>>): HeaderGetter[] {
  return Object.entries(parameters).map(([key, source]) => {
    const name = target.exec(key)?.[1];
    if (name === undefined || framing.test(name)) throw new Error(`sets ${key}, which is not a header that it may set`);
    const get = compileSource(source);
    if (!get) throw new Error(`sets ${key} from a source that the local gateway does not know`);
    return (exchange) => {
      const value = get(exchange);
      // A query value may decode to a line break, which would add headers (response splitting).
      return value === undefined || !isHeaderText(value) ? undefined : [name, value];
    };
  });
}

function compileSource(source: string): ((exchange: Exchange) => string | undefined) | undefined {
  const fixed = /^'([^'\r\n]*)'$/.exec(source)?.[1];
  if (fixed !== undefined) return isHeaderText(fixed) ? () => fixed : undefined;
  const [, location, name] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(source) ?? [];
  if (location === "header") return ({ request }) => header(request, name!);
  if (location === "querystring")
    return ({ request }) => parseRestQuery(request.rawQuery).find(([key]) => key === name)?.[1];
  if (location === "path") return ({ request }) => request.pathParameters[name!];
  const variable = /^context\.(.+)$/.exec(source)?.[1];
  return variable === undefined ? undefined : contextVariable(variable);
}

// Body templates of gateway responses: text with `$context.*` and `$stageVariables.*`, without other VTL constructs.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html

type Template = (exchange: Exchange) => string;

const variable = /(\$(?:context|stageVariables)\.[A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*)/;
const directive = /#(?:set|if|else|elseif|end|foreach|macro|parse|include|evaluate|\*|#|\[\[)|\$[A-Za-z{!]/;

/**
 * Compiles a JSON template. Values are escaped for use inside a JSON string, whatever a caller put into path or
 * headers; only `$context.error.messageString` includes its own quotes.
 * @throws Error naming the construct that is not supported
 */
function compileTemplate(template: string): Template {
  const parts = template.split(variable).map((part): string | Getter => {
    if (!variable.test(part)) {
      if (directive.test(part)) throw new Error("has a template construct other than $context.* and $stageVariables.*");
      return part;
    }
    if (part.startsWith("$stageVariables.")) {
      const name = part.slice("$stageVariables.".length);
      return ({ stageVariables }) => jsonText(stageVariables?.[name]);
    }
    const name = part.slice("$context.".length);
    const getter = contextVariable(name);
    if (!getter) throw new Error(`reads $context.${name}, which the local gateway does not know`);
    return name === "error.messageString" ? getter : (exchange) => jsonText(getter(exchange));
  });
  return (exchange) => parts.map((part) => (typeof part === "string" ? part : (part(exchange) ?? "null"))).join("");
}

function jsonText(value: string | undefined): string {
  return value === undefined ? "" : JSON.stringify(value).slice(1, -1);
}
