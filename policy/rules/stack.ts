// The stack as a whole.

import type { Rule } from "../queries/rule";
import { moduleDeliversWhatItsSwitchPromises } from "./stack/module-delivers-what-its-switch-promises";
import { providerHoldsNoCredential } from "./stack/provider-holds-no-credential";
import { resourceTypeIsReviewed } from "./stack/resource-type-is-reviewed";
import { resourcesAreTagged } from "./stack/resources-are-tagged";

export const stack: readonly Rule[] = [
  resourceTypeIsReviewed,
  resourcesAreTagged,
  providerHoldsNoCredential,
  moduleDeliversWhatItsSwitchPromises,
];
