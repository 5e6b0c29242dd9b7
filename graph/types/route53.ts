// Resource types of Route 53.

import { type ResourceTypes, text } from "./resource-type";

export const route53: ResourceTypes = {
  "aws:route53/record:Record": {
    outputs: ({ inputs }) => {
      const name = text(inputs.name).replace(/\.$/, "");
      return { id: `${text(inputs.zoneId)}_${name}_${text(inputs.type)}`, name, fqdn: name };
    },
    replaceOnChanges: ["name", "setIdentifier", "zoneId"],
    reviewed: "opens nothing",
  },
};
