// Auth0 and Cognito.

import type { Rule } from "../queries/rule";
import { auth0ApiIsReachedByAGrant } from "./identities/auth0-api-is-reached-by-a-grant";
import { auth0ApiSignsShortTokens } from "./identities/auth0-api-signs-short-tokens";
import { auth0ClientIsAMachine } from "./identities/auth0-client-is-a-machine";
import { auth0GrantNamesScopes } from "./identities/auth0-grant-names-scopes";
import { userPoolAdmitsNobodyByItself } from "./identities/user-pool-admits-nobody-by-itself";
import { userPoolRequiresASecondFactor } from "./identities/user-pool-requires-a-second-factor";
import { userPoolClientTellsNothing } from "./identities/user-pool-client-tells-nothing";
import { userPoolDemandsStrongPasswords } from "./identities/user-pool-demands-strong-passwords";
import { userPoolWatchesForThreats } from "./identities/user-pool-watches-for-threats";

export const identities: readonly Rule[] = [
  auth0ApiSignsShortTokens,
  auth0ApiIsReachedByAGrant,
  auth0ClientIsAMachine,
  auth0GrantNamesScopes,
  userPoolAdmitsNobodyByItself,
  userPoolClientTellsNothing,
  userPoolWatchesForThreats,
  userPoolRequiresASecondFactor,
  userPoolDemandsStrongPasswords,
];
