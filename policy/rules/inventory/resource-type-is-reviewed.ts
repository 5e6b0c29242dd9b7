// A resource that no rule reads can open what all others close: a grant on a key, an access point to a bucket, or a copy
// of the logs in another account.

import { reviewedTypes } from "./reviewed-types";
import { flaw, type Rule } from "../../queries/rule";

/** The program's own components, which only group resources, and Pulumi's own types: the stack and its providers. */
const inner = /^(model-serving|pulumi):/;

export const resourceTypeIsReviewed: Rule = {
  name: "resource-type-is-reviewed",
  says: "Every resource is of a type that was reviewed for this program (policy/rules/inventory/reviewed-types.ts).",
  types: ["*"],
  check: ({ type }) => {
    if (inner.test(type)) return undefined;
    return reviewedTypes.has(type) ? [] : [flaw("its type is not in reviewed-types.ts, so no rule may read it")];
  },
};
