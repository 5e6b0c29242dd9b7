// While a policy is cached, a revoked credential still works. The identity sources are the cache key: without any, a
// REQUEST authorizer's result for one caller would apply to the next. A TOKEN authorizer always has one.

import { httpApiType } from "../../../graph/openapi";
import { authorizersOf, authorizerTypes, httpAuthorizerType } from "../../queries/authorizers";
import { violation, type Rule } from "../../queries/rule";

/**
 * In seconds. The limit for the stack `prod` is the time within which, according to README, a revocation takes effect.
 */
const longest = { prod: 60, other: 300 };

export const authorizerCacheIsBounded: Rule = {
  name: "authorizer-cache-is-bounded",
  description:
    "A Lambda authorizer's answers are cached for at most 300 s (60 s in prod), under a key that identifies the caller.",
  severity: "low",
  controls: ["OWN.AuthorizerTtl", "API5"],
  types: authorizerTypes,
  check: (resource, view) => {
    const isHttp = resource.type === httpApiType || resource.type === httpAuthorizerType;
    const asking = authorizersOf(resource, view).filter(({ kind }) => kind === "token" || kind === "request");
    if (asking.length === 0) return undefined;
    const limit = view.stack === "prod" ? longest.prod : longest.other;
    return asking.flatMap(({ name, kind, cacheSeconds, identitySources }) => {
      // The default of a REST API. For an HTTP API sources differ: AWS's page has no cache, the provider has 300 s.
      const seconds = Number.isNaN(cacheSeconds) ? 300 : cacheSeconds;
      const cached = seconds > 0;
      // An HTTP API applies a cached result to all routes, unless the route is one of the identity sources.
      const perRoute = !isHttp || identitySources.includes("$context.routeKey");
      return [
        ...(seconds > limit ? [violation(`authorizerResultTtlInSeconds is over ${limit}`, name)] : []),
        ...(cached && kind === "request" && identitySources.length === 0
          ? [violation("cached without an identity source", name)]
          : []),
        ...(cached && kind === "request" && !perRoute ? [violation("cached without $context.routeKey", name)] : []),
      ];
    });
  },
};
