// Cost reports, clean-ups and on-call engineers must see from a resource which project and stack it belongs to.

import { parse, record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

const wanted = ["project", "stack"];

export const resourcesAreTagged: Rule = {
  name: "resources-are-tagged",
  description: "Every provider tags what it makes with the project and the stack.",
  severity: "medium",
  controls: ["API9"],
  types: ["pulumi:providers:aws", "pulumi:providers:gcp"],
  // Provider resources pass nested settings as JSON text.
  check: ({ type, inputs }) => {
    const settings =
      type === "pulumi:providers:aws"
        ? parse(inputs.defaultTags, "defaultTags").tags
        : parse(inputs.defaultLabels, "defaultLabels");
    const tags = record(settings);
    return unmet(Object.fromEntries(wanted.map((name) => [`default tags lack ${name}`, text(tags[name]) !== ""])));
  },
};
