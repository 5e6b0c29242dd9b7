// The APIs of a program and their custom domains, ready to be served.

import { type Domain, domainsOf, domainHandler } from "./custom-domains";
import { firewallOf } from "./firewall/web-acl";
import type { ServedApi } from "../server/http-message";
import { httpApis } from "./http-api/http-api";
import type { HttpAuthorizationContext } from "./http-api/http-api-authorization";
import { type AuthorizationContext, authorizationOf } from "./rest/rest-authorization";
import { Usage } from "./usage/usage-check";
import type { CreatedKeys } from "./usage/usage-plans";
import { type RestApiContext, restApis } from "./rest/rest-api";

export interface ServedDomain extends Domain {
  readonly respond: ServedApi["respond"];
}

export interface Gateway {
  readonly apis: readonly ServedApi[];
  readonly domains: readonly ServedDomain[];
}

export type GatewayContext = AuthorizationContext & {
  /** API keys that are created and deleted while the gateway runs. */
  readonly madeKeys?: CreatedKeys;
} & Pick<HttpAuthorizationContext, "authority"> &
  Pick<RestApiContext, "accessLog" | "errorLog">;

/**
 * Compiles a graph that has passed `checkCoverage`.
 * @throws Unenforceable for anything that decides who may call or what answers and cannot be enforced
 */
export function gatewayOf(context: GatewayContext): Gateway {
  const { graph, errorLog } = context;
  const apis = [...restApisOf(context), ...httpApis(context)];
  const domains = domainsOf(graph).map((domain) => ({ ...domain, respond: domainHandler(domain, apis, errorLog) }));
  return { apis, domains };
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
