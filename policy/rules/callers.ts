// Who may call an API.

import type { Rule } from "../queries/rule";
import { apiKeyIsNeverAlone } from "./callers/api-key-is-never-alone";
import { apiKeyOpensAPlan } from "./callers/api-key-opens-a-plan";
import { authorizerCacheIsBounded } from "./callers/authorizer-cache-is-bounded";
import { authorizerIsUsed } from "./callers/authorizer-is-used";
import { authorizerRefusesWhatIsNoToken } from "./callers/authorizer-refuses-what-is-no-token";
import { browsersComeFromANamedOrigin } from "./callers/browsers-come-from-a-named-origin";
import { jwtAuthorizerNamesIssuerAndAudience } from "./callers/jwt-authorizer-names-issuer-and-audience";
import { routeRequiresAuthorization } from "./callers/route-requires-authorization";
import { routeParametersAreValidated } from "./callers/route-parameters-are-validated";
import { routeWithAKeyHasAPlan } from "./callers/route-with-a-key-has-a-plan";
import { tokenRoutesRequireAScope } from "./callers/token-routes-require-a-scope";
import { usagePlanGuardsARoute } from "./callers/usage-plan-guards-a-route";
import { usagePlanHasNumbers } from "./callers/usage-plan-has-numbers";

export const callers: readonly Rule[] = [
  routeRequiresAuthorization,
  apiKeyIsNeverAlone,
  authorizerIsUsed,
  authorizerCacheIsBounded,
  authorizerRefusesWhatIsNoToken,
  jwtAuthorizerNamesIssuerAndAudience,
  tokenRoutesRequireAScope,
  apiKeyOpensAPlan,
  routeWithAKeyHasAPlan,
  usagePlanHasNumbers,
  usagePlanGuardsARoute,
  browsersComeFromANamedOrigin,
  routeParametersAreValidated,
];
