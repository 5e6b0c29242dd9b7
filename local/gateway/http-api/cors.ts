// CORS of an HTTP API: the gateway responds to preflights and sets all CORS headers; those of a function are dropped.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html

import { type ApiRequest, header } from "../../server/api-request";
import { type HttpResponse, isHeaderText } from "../../server/http-message";
import { Unenforceable } from "../../base/unenforceable";

interface CorsSettings {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  /** Seconds that a browser may cache a preflight. */
  readonly maxAge: number | undefined;
  readonly allowCredentials: boolean;
}

type Header = readonly [name: string, value: string];
type CorsRequest = Pick<ApiRequest, "method" | "headers">;

const fields = new Set(["allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge", "allowCredentials"]);

/**
 * Every origin, every one with a scheme, or one: AWS refuses "localhost:3000" ("Invalid format for origin",
 * swarmion#582) and a wildcard within a name.
 */
const originForm = /^(?:\*|https?:\/\/(?:\*|[^*\s]+))$/;

export class Cors {
  private constructor(private readonly settings: CorsSettings) {}

  /**
   * @returns undefined if CORS is not configured
   * @throws Unenforceable for settings that AWS would reject or that are unknown
   */
  static from(declared: unknown, where: string): Cors | undefined {
    if (declared === undefined || declared === null) return undefined;
    const fail = (why: string): never => {
      throw new Unenforceable(where, why);
    };
    const given = declared as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(given).find((name) => !fields.has(name));
    if (unknown !== undefined) fail(`has a field that the local gateway does not know: ${unknown}`);
    const list = (name: string): string[] => {
      const value = given[name] ?? [];
      if (!Array.isArray(value) || !value.every((one) => typeof one === "string" && isHeaderText(one)))
        return fail(`${name} is not a list of strings`);
      return value as string[];
    };
    const { maxAge, allowCredentials = false } = given;
    if (maxAge !== undefined && !Number.isInteger(maxAge)) fail("maxAge is not a whole number");
    const settings: CorsSettings = {
      allowOrigins: list("allowOrigins"),
      allowMethods: list("allowMethods"),
      allowHeaders: list("allowHeaders"),
      exposeHeaders: list("exposeHeaders"),
      maxAge: maxAge as number | undefined,
      allowCredentials: allowCredentials === true,
    };
    const strange = settings.allowOrigins.find((origin) => !originForm.test(origin));
    if (strange !== undefined) fail(`allowOrigins has an origin that API Gateway does not take: ${strange}`);
    // Any page could otherwise call with the visitor's credentials; AWS rejects it as well.
    if (settings.allowCredentials && settings.allowOrigins.includes("*")) fail("allows credentials from every origin");
    return new Cors(settings);
  }

  /** The gateway's own response to a preflight; `undefined` for any other request. */
  preflight(request: CorsRequest): HttpResponse | undefined {
    return isPreflight(request) ? { status: 204, headers: this.preflightHeaders(request), body: "" } : undefined;
  }

  /** Replaces the function's CORS headers by the API's. */
  onto(response: HttpResponse, request: CorsRequest): HttpResponse {
    const kept = response.headers.filter(([name]) => !name.toLowerCase().startsWith("access-control-"));
    if (isPreflight(request)) return { ...response, headers: [...kept, ...this.preflightHeaders(request)] };
    const { exposeHeaders } = this.settings;
    const origin = this.originHeaders(request);
    // In lower case, however they are configured (recorded on AWS by the Serverless Framework's integration test).
    const names = exposeHeaders.map((name) => name.toLowerCase()).join(",");
    const exposed: Header[] = origin.length > 0 && names !== "" ? [["access-control-expose-headers", names]] : [];
    return { ...response, headers: [...kept, ...origin, ...exposed] };
  }

  /** None for an origin that is not allowed. */
  private preflightHeaders(request: CorsRequest): Header[] {
    const { allowMethods, allowHeaders, maxAge } = this.settings;
    const headers = this.originHeaders(request);
    if (headers.length === 0) return [];
    if (allowMethods.length > 0) headers.push(["access-control-allow-methods", allowMethods.join(",")]);
    if (allowHeaders.length > 0) headers.push(["access-control-allow-headers", allowHeaders.join(",")]);
    if (maxAge !== undefined) headers.push(["access-control-max-age", String(maxAge)]);
    return headers;
  }

  private originHeaders(request: CorsRequest): Header[] {
    const origin = header(request, "origin");
    if (origin === undefined) return [];
    const { allowOrigins, allowCredentials } = this.settings;
    if (allowOrigins.includes("*")) return [["access-control-allow-origin", "*"]];
    if (!allowOrigins.some((allowed) => matches(allowed, origin))) return [];
    const headers: Header[] = [["access-control-allow-origin", origin]];
    if (allowCredentials) headers.push(["access-control-allow-credentials", "true"]);
    return headers;
  }
}

function isPreflight(request: CorsRequest): boolean {
  const asked = header(request, "access-control-request-method");
  return request.method === "OPTIONS" && header(request, "origin") !== undefined && asked !== undefined;
}

/** An exact origin, or every origin with a scheme: `https://*`. */
function matches(allowed: string, origin: string): boolean {
  const scheme = /^(https?:\/\/)\*$/.exec(allowed)?.[1];
  return scheme === undefined ? allowed === origin : origin.startsWith(scheme);
}
