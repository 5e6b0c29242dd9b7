// The APIs of a program and their custom domains, ready to be served.

import { type Domain, domainsOf, domainHandler } from "./custom-domains";
import { firewallOf } from "./firewall/web-acl";
import { CallTrace } from "../server/call-trace";
import type { HttpRequest, HttpResponse, ServedApi } from "../server/http-message";
import { httpApis } from "./http-api/http-api";
import type { HttpAuthorizationContext } from "./http-api/http-api-authorization";
import { type AuthorizationContext, authorizationOf } from "./rest/rest-authorization";
import { Usage } from "./usage/usage-check";
import type { CreatedKeys } from "./usage/usage-plans";
import { type RestApiContext, restApis } from "./rest/rest-api";

export interface ServedDomain extends Domain {
  readonly respond: ServedApi["respond"];
}

/** A call from its start to its answer. */
export interface WatchedCall {
  /** Name of the API or of the custom domain that TLS has found. */
  readonly target: string;
  readonly request: HttpRequest;
  /** Completed. */
  readonly trace: CallTrace;
  readonly response: HttpResponse;
  /** Milliseconds from the start to the answer. */
  readonly ms: number;
}

export interface Gateway {
  readonly apis: readonly ServedApi[];
  readonly domains: readonly ServedDomain[];
}

export type GatewayContext = AuthorizationContext & {
  /** API keys that are created and deleted while the gateway runs. */
  readonly madeKeys?: CreatedKeys;
  /** Receives every call once it is answered; it must be quick. Absent: nothing is traced. */
  readonly watch?: (call: WatchedCall) => void;
} & Pick<HttpAuthorizationContext, "authority"> &
  Pick<RestApiContext, "accessLog" | "errorLog">;

/**
 * Compiles a graph that has passed `checkCoverage`.
 * @throws Unenforceable for anything that decides who may call or what answers and cannot be enforced
 */
export function gatewayOf(context: GatewayContext): Gateway {
  const { graph, errorLog, watch } = context;
  const apis = [...restApisOf(context), ...httpApis(context)];
  const domains = domainsOf(graph).map((domain) => ({ ...domain, respond: domainHandler(domain, apis, errorLog) }));
  if (watch === undefined) return { apis, domains };
  return { apis: apis.map((api) => watched(api, watch)), domains: domains.map((domain) => watched(domain, watch)) };
}

function watched<Served extends Pick<ServedApi, "name" | "respond">>(
  served: Served,
  watch: (call: WatchedCall) => void,
): Served {
  return {
    ...served,
    respond: (request) => {
      const trace = new CallTrace();
      // It is this call's own: a copy would cost each call more than its trace.
      request.trace = trace;
      return served.respond(request).then((response) => {
        watch({ target: served.name, request, trace, response, ms: performance.now() - trace.started });
        return response;
      });
    },
  };
}

function restApisOf(context: GatewayContext): ServedApi[] {
  const { graph, functions, clock, accessLog, errorLog, madeKeys } = context;
  return restApis({
    graph,
    functions,
    accessLog,
    errorLog,
    accessControl: {
      authorization: (operation, document) => authorizationOf(context, operation, document),
      firewall: (stageArn) => firewallOf(stageArn, graph, clock),
      usage: (apiId, stage) => new Usage(graph, apiId, stage, clock, madeKeys),
    },
  });
}
