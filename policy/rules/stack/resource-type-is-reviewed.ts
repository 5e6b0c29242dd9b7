// A resource that no rule reads can open what all others close: a grant on a key, an access point to a bucket, or a copy
// of the logs in another account.

import { resourceTypes } from "../../../graph/resource-types";
import { violation, type Rule } from "../../queries/rule";

/** The program's own components, which only group resources, and Pulumi's own types: the stack and its providers. */
const inner = /^(model-serving|pulumi):/;

export const resourceTypeIsReviewed: Rule = {
  name: "resource-type-is-reviewed",
  description: "Every resource is of a type that was reviewed for this program (graph/types/).",
  severity: "high",
  controls: ["API9"],
  types: ["*"],
  check: ({ type }) => {
    if (inner.test(type)) return undefined;
    return resourceTypes[type]?.reviewed === undefined
      ? [violation("its type was not reviewed, so no rule may read it")]
      : [];
  },
};
