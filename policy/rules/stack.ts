// The stack as a whole.

import type { Rule } from "../queries/rule";
import { arnNamesThisAccount } from "./stack/arn-names-this-account";
import { dataIsKept } from "./stack/data-is-kept";
import { moduleDeliversWhatItsSwitchPromises } from "./stack/module-delivers-what-its-switch-promises";
import { providerHoldsNoCredential } from "./stack/provider-holds-no-credential";
import { resourceTypeIsReviewed } from "./stack/resource-type-is-reviewed";
import { resourcesAreTagged } from "./stack/resources-are-tagged";

export const stack: readonly Rule[] = [
  resourceTypeIsReviewed,
  resourcesAreTagged,
  providerHoldsNoCredential,
  moduleDeliversWhatItsSwitchPromises,
  arnNamesThisAccount,
  dataIsKept,
];
