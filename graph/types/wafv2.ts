// Resource types of WAF.

import { arn, type ResourceTypes, text } from "./resource-type";

export const wafv2: ResourceTypes = {
  "aws:wafv2/ipSet:IpSet": {
    outputs: ({ region, uuid, physical }) => {
      const id = uuid("id");
      return { id, name: physical, arn: arn("wafv2", region, `regional/ipset/${physical}/${id}`) };
    },
    replaceOnChanges: ["ipAddressVersion", "name", "namePrefix", "scope"],
    reviewed: "opens nothing",
  },
  "aws:wafv2/webAcl:WebAcl": {
    outputs: ({ region, uuid, physical }) => {
      const id = uuid("id");
      return { id, name: physical, arn: arn("wafv2", region, `regional/webacl/${physical}/${id}`), capacity: 900 };
    },
    replaceOnChanges: ["name", "scope"],
    reviewed: "read by rules",
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    outputs: ({ inputs }) => ({
      id: `${text(inputs.webAclArn)},${text(inputs.resourceArn)}`,
    }),
    replaceOnChanges: ["resourceArn", "webAclArn"],
    reviewed: "read by rules",
  },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
    outputs: ({ inputs }) => ({ id: text(inputs.resourceArn) }),
    replaceOnChanges: ["resourceArn"],
    reviewed: "read by rules",
  },
};
