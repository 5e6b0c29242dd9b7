// WAF logs every header and the query string of a request unless it is told which to redact. The query string of a
// presigned request holds its signature.

import { at, list, text } from "../../queries/read";
import { violation, type Rule, unmet } from "../../queries/rule";
import { isSet } from "./web-acls";

const hidden = ["authorization", "x-api-key", "x-amz-security-token"];

export const firewallLogsNoCredentials: Rule = {
  name: "firewall-logs-no-credentials",
  description:
    "A web ACL's log hides the headers authorization, x-api-key and x-amz-security-token, and the query string.",
  severity: "medium",
  controls: ["OWN.WafRedact", "WAF.11"],
  types: ["aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"],
  check: ({ inputs }) => {
    const fields = list(inputs.redactedFields);
    const redacted = fields.map((field) => text(at(field, "singleHeader", "name")).toLowerCase());
    return [
      ...hidden
        .filter((name) => !redacted.includes(name))
        .map((name) => violation("redactedFields lacks a header", name)),
      ...unmet({ "redactedFields lacks the query string": fields.some((field) => isSet(field, "queryString")) }),
    ];
  },
};
