// Translates an API Gateway proxy event, payload format 1.0 or 2.0, into one form.
// Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
// and https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

import type { ZlibOptions } from "node:zlib";
import { Failure } from "../failure";

/** The fields read from a REST API's event (format 1.0) or an HTTP API's (format 2.0). None is taken for granted. */
export interface GatewayEvent {
  readonly version?: string;
  readonly httpMethod?: string;
  readonly path?: string;
  readonly resource?: string;
  readonly routeKey?: string;
  readonly rawPath?: string;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly stageVariables?: Readonly<Record<string, string | undefined>> | null;
  readonly requestContext?: GatewayContext;
}

export interface GatewayContext {
  readonly requestId?: string;
  readonly stage?: string;
  readonly http?: { readonly method?: string };
  readonly authorizer?: unknown;
  readonly identity?: unknown;
  readonly authentication?: unknown;
}

export interface ProxyRequest {
  readonly method: string;
  /** Template of the matched route, `/v2/models/{model}/infer`; `undefined` for a greedy or default route. */
  readonly template: string | undefined;
  /** Segments of the path with the parameters filled in, percent-encoded as sent. */
  readonly segments: readonly string[];
  readonly requestId: string;
  /** The body with base64 decoded, but still compressed if it was sent so. */
  readonly body: Buffer;
  /** Value of a header by lower-case name; repeated headers are joined by commas (RFC 9110 section 5.3). */
  header(name: string): string | undefined;
}

export function readRequest(event: GatewayEvent): ProxyRequest {
  const context = event.requestContext ?? {};
  const method = event.httpMethod ?? context.http?.method ?? "";
  const template = event.resource ?? event.routeKey?.split(" ")[1];
  // The template of a greedy (`{proxy+}`) or default route does not identify the operation; the path does.
  const named = template !== undefined && template.startsWith("/") && !template.includes("+}") ? template : undefined;
  return {
    method,
    template: named,
    segments: named === undefined ? pathSegments(event, context.stage) : filled(named, event.pathParameters ?? {}),
    requestId: context.requestId ?? "",
    body: Buffer.from(event.body ?? "", event.isBase64Encoded === true ? "base64" : "utf8"),
    header: (name) => header(event, name),
  };
}

/**
 * The template's segments with the parameters filled in; unlike `path`, they never include a custom domain's base path.
 */
function filled(template: string, parameters: Readonly<Record<string, string | undefined>>): string[] {
  return partsOf(template).map(({ text, parameter }) =>
    parameter === undefined ? text : (parameters[parameter] ?? ""),
  );
}

/** A segment of a template, and the parameter that fills it, if one does. */
interface TemplatePart {
  readonly text: string;
  readonly parameter: string | undefined;
}

/** Templates that were split before. There are as many as the API has routes; the limit is for who invokes the function himself. */
const templates = new Map<string, readonly TemplatePart[]>();
const mostTemplates = 100;

function partsOf(template: string): readonly TemplatePart[] {
  const known = templates.get(template);
  if (known !== undefined) return known;
  const parts = split(template).map((text) => ({ text, parameter: /^\{(.+)\}$/.exec(text)?.[1] }));
  if (templates.size < mostTemplates) templates.set(template, parts);
  return parts;
}

/** HTTP APIs prefix the path with the stage, except for the `$default` stage. */
function pathSegments(event: GatewayEvent, stage: string | undefined): string[] {
  const segments = split(event.path ?? event.rawPath ?? "");
  const staged = event.path === undefined && stage !== undefined && stage !== "$default" && segments[0] === stage;
  return staged ? segments.slice(1) : segments;
}

/** Segments of a path; a single trailing slash is ignored. */
function split(path: string): string[] {
  return path.replace(/^\//, "").replace(/\/$/, "").split("/");
}

/** The origin of the web page that calls; `undefined`: none does. */
export function originOf(event: GatewayEvent): string | undefined {
  return header(event, "origin");
}

function header(event: GatewayEvent, name: string): string | undefined {
  const { multiValueHeaders, headers } = event;
  // Names are compared by length first: most are no candidates, and a lower-case copy of each would cost more than the search.
  for (const key in multiValueHeaders) {
    if (key.length === name.length && key.toLowerCase() === name) return multiValueHeaders[key]?.join(", ");
  }
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) return headers[key];
  }
  return undefined;
}

// Decompresses request bodies within bounds: a body of a few kilobytes could inflate to gigabytes.
// Source: RFC 9110 section 8.4 (Content-Encoding) and section 15.5.16 (a 415 response names the accepted encodings).

/**
 * Maximum size of a decompressed body, in bytes: decompression stops there. It is the only bound, since the ratio tells
 * no bomb from a mask or padding, which a thousandth may hold.
 */
export const largestInflated = 16 * 1024 * 1024;

type Inflate = (bytes: Buffer, options: Pick<ZlibOptions, "maxOutputLength">) => Buffer;

/** Loaded by the first compressed body: most functions never see one, and each would start later for it. */
const zlib = () => process.getBuiltinModule("node:zlib");

const encodings: Readonly<Record<string, Inflate>> = {
  gzip: (bytes, options) => zlib().gunzipSync(bytes, options),
  "x-gzip": (bytes, options) => zlib().gunzipSync(bytes, options),
  deflate: (bytes, options) => zlib().inflateSync(bytes, options),
  br: (bytes, options) => zlib().brotliDecompressSync(bytes, options),
};

/**
 * The decompressed body.
 * @param encoding value of the Content-Encoding header, if there is one
 * @throws Failure `unsupported-encoding`, `request-too-large`, `invalid-request`
 */
export function inflate(body: Buffer, encoding: string | undefined): Buffer {
  const name = encoding?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") return body;
  const decode = Object.hasOwn(encodings, name) ? encodings[name] : undefined;
  if (decode === undefined) {
    const accepted = "gzip, deflate, br";
    throw new Failure("unsupported-encoding", `send one of ${accepted}`, { headers: { "Accept-Encoding": accepted } });
  }
  try {
    return decode(body, { maxOutputLength: largestInflated });
  } catch (cause) {
    if (isTooLarge(cause)) throw new Failure("request-too-large", `a body may unpack to ${largestInflated} bytes`);
    throw new Failure("invalid-request", `Content-Encoding: the body is not valid ${name}`);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
