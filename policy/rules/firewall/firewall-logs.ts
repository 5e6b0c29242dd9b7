// Only the firewall's log shows which requests were blocked or counted.

import { texts } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { loggingOf, webAclType } from "./web-acls";

/** WAF requires this prefix of a destination's name. */
const destination = /:(log-group:|s3:::|deliverystream\/)?aws-waf-logs-/;

export const firewallLogs: Rule = {
  name: "firewall-logs",
  description: "A web ACL logs, to a destination whose name begins with aws-waf-logs-.",
  severity: "low",
  controls: ["WAF.11"],
  types: [webAclType],
  check: (acl, view) => {
    const logging = loggingOf(acl, view);
    if (logging.length === 0) return [violation("no WebAclLoggingConfiguration names the web ACL")];
    return logging.every(({ inputs }) => texts(inputs.logDestinationConfigs).some((arn) => destination.test(arn)))
      ? []
      : [violation("logDestinationConfigs names no destination that WAF writes to")];
  },
};
