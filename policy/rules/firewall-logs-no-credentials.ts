// WAF logs every header of a request unless it is told which to redact.

import { at, list, text } from "../read";
import { flaw, type Rule } from "../rule";

const hidden = ["authorization", "x-api-key"];

export const firewallLogsNoCredentials: Rule = {
  name: "firewall-logs-no-credentials",
  says: "A web ACL's log hides the headers authorization and x-api-key.",
  types: ["aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"],
  check: ({ inputs }) => {
    const redacted = list(inputs.redactedFields).map((field) => text(at(field, "singleHeader", "name")).toLowerCase());
    return hidden.filter((name) => !redacted.includes(name)).map((name) => flaw("redactedFields lacks a header", name));
  },
};
