// The gateway's own responses, as the API document customises them: compiled once, rendered for each fault.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

import type { GatewayResponseSetting } from "../request/document";
import type { Exchange, Fault } from "../request/exchange";
import type { FrontResponse } from "../../server/message";
import { gatewayResponseTypes } from "../request/gateway-responses";
import { compileParameters, type HeaderGetter } from "./response-parameters";
import { compileTemplate, type Template } from "./response-template";
import { Unenforceable } from "../../base/unenforceable";

type AnyType = Fault["type"];

interface Compiled {
  readonly status?: number;
  readonly headers: readonly HeaderGetter[];
  readonly body?: Template;
}

const defaults: readonly AnyType[] = ["DEFAULT_4XX", "DEFAULT_5XX"];
const knownFields = new Set(["statusCode", "responseParameters", "responseTemplates"]);

/** Renders the response to a fault. */
export type Refuse = (exchange: Exchange, fault: Fault) => FrontResponse;

/**
 * @param settings `x-amazon-apigateway-gateway-responses` of the document
 * @param resource URN of the API, for error messages
 * @throws Unenforceable for an unsupported type, template or parameter
 */
export function compileRefusals(settings: Readonly<Record<string, GatewayResponseSetting>>, resource: string): Refuse {
  const compiled = new Map<AnyType, Compiled>();
  for (const [type, setting] of Object.entries(settings)) {
    const where = `${resource}: x-amazon-apigateway-gateway-responses.${type}`;
    if (!Object.hasOwn(gatewayResponseTypes, type) && !defaults.includes(type as AnyType))
      throw new Unenforceable(where, "is not a gateway response type that the local gateway knows");
    compiled.set(type as AnyType, compile(setting, where));
  }
  return (exchange, fault) => render(compiled, exchange, fault);
}

function compile(setting: GatewayResponseSetting, where: string): Compiled {
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

function render(compiled: ReadonlyMap<AnyType, Compiled>, exchange: Exchange, fault: Fault): FrontResponse {
  const own =
    fault.type in gatewayResponseTypes
      ? gatewayResponseTypes[fault.type as keyof typeof gatewayResponseTypes]
      : undefined;
  const status = fault.status ?? own?.status ?? (fault.type === "DEFAULT_4XX" ? 400 : 500);
  const setting = compiled.get(fault.type) ?? compiled.get(status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
  const headers: [string, string][] = [
    ["Content-Type", "application/json"],
    ["x-amzn-RequestId", exchange.call.requestId],
    ["x-amz-apigw-id", exchange.extendedRequestId],
  ];
  const errorType = fault.errorType ?? own?.errorType;
  if (errorType !== undefined) headers.push(["x-amzn-ErrorType", errorType]);
  for (const get of setting?.headers ?? []) {
    const pair = get(exchange);
    if (!pair) continue;
    const same = headers.findIndex(([name]) => name.toLowerCase() === pair[0].toLowerCase());
    if (same === -1) headers.push(pair);
    else headers[same] = pair;
  }
  const body = setting?.body?.(exchange) ?? defaultBody(fault);
  return { status: setting?.status ?? status, headers, body };
}

/** ACCESS_DENIED bodies spell `Message` with a capital letter (recorded on AWS; ministack#1756). */
function defaultBody({ type, message }: Fault): string {
  return JSON.stringify(type === "ACCESS_DENIED" ? { Message: message } : { message });
}
