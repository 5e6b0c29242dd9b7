// As long as an answer is kept, a revoked credential still opens. What is cached is the policy: it is found by the
// identity sources, so with none of them one caller's answer would serve the next. One for tokens always goes by its header.

import { authorizersOf, authorizerTypes, httpAuthorizerType } from "../authorizers";
import { httpApiType } from "../operations";
import { flaw, type Rule } from "../rule";

/** Seconds; the limit for a stack that is called prod is the one that README promises for revocation. */
const longest = { prod: 60, other: 300 };

export const authorizerCacheIsBounded: Rule = {
  name: "authorizer-cache-is-bounded",
  says: "A Lambda authorizer's answers are cached for at most 300 s (60 s in prod), under a key that identifies the caller.",
  types: authorizerTypes,
  check: (resource, view) => {
    const isHttp = resource.type === httpApiType || resource.type === httpAuthorizerType;
    const asking = authorizersOf(resource, view).filter(({ kind }) => kind === "token" || kind === "request");
    if (asking.length === 0) return undefined;
    const limit = view.stack === "prod" ? longest.prod : longest.other;
    return asking.flatMap(({ name, kind, cacheSeconds, identitySources }) => {
      // An HTTP API keeps nothing unless told to; a REST API keeps an answer for 300 s.
      const seconds = Number.isNaN(cacheSeconds) ? (isHttp ? 0 : 300) : cacheSeconds;
      const cached = seconds > 0;
      // An HTTP API's answer is kept for all routes, unless the route is among the identity sources.
      const perRoute = !isHttp || identitySources.includes("$context.routeKey");
      return [
        ...(seconds > limit ? [flaw(`authorizerResultTtlInSeconds is over ${limit}`, name)] : []),
        ...(cached && kind === "request" && identitySources.length === 0
          ? [flaw("cached without an identity source", name)]
          : []),
        ...(cached && kind === "request" && !perRoute ? [flaw("cached without $context.routeKey", name)] : []),
      ];
    });
  },
};
