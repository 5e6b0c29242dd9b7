// The firewall in front of REST stages.

import { a, but, type Cases } from "../a-graph";

const metric = { visibilityConfig: { cloudwatchMetricsEnabled: true } };
const group = (name: string, ruleActionOverrides: object[] = []) => ({
  name,
  ...metric,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ruleActionOverrides } },
});
const common = group("AWSManagedRulesCommonRuleSet", [{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }]);
const badInputs = group("AWSManagedRulesKnownBadInputsRuleSet");
const rate = { name: "rate", ...metric, action: { block: {} }, statement: { rateBasedStatement: { limit: 1000 } } };
const size = {
  name: "size",
  ...metric,
  action: { block: {} },
  statement: {
    regexMatchStatement: { fieldToMatch: { singleHeader: { name: "content-length" } }, regexString: "^\\d{8,}$" },
  },
};
const acl = a("aws:wafv2/webAcl:WebAcl", "acl", { ...metric, rules: [common, badInputs, rate, size] });
const logging = a("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "logging", {
  resourceArn: String(acl.outputs.arn),
  logDestinationConfigs: ["arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-model"],
  redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "x-api-key" } }],
});
const stage = a("aws:apigateway/stage:Stage", "stage", {});
const association = a("aws:wafv2/webAclAssociation:WebAclAssociation", "x", { resourceArn: String(stage.outputs.arn) });
const rules = (...list: object[]) => [but(acl, { rules: list })];

export const firewall: Cases = {
  "stage-has-a-firewall": {
    good: { yes: [stage, association] },
    bad: {
      no: [stage],
      "another stage has": [
        stage,
        but(association, { resourceArn: "arn:aws:apigateway:us-east-1::/restapis/x/stages/y" }),
      ],
    },
  },
  "firewall-has-rules": { good: { some: [acl] }, bad: { none: rules() } },
  "firewall-limits-rates": {
    good: { blocks: [acl] },
    bad: { no: rules(common), "only counts": rules({ ...rate, action: { count: {} } }) },
  },
  "firewall-blocks-known-attacks": {
    good: { all: [acl] },
    bad: {
      "one group is missing": rules(common, rate, size),
      "a group only counts": rules(common, { ...badInputs, overrideAction: { count: {} } }, size),
      "8 KB blocks every tensor": rules(group("AWSManagedRulesCommonRuleSet"), badInputs, size),
      "no size of our own": rules(common, badInputs),
    },
  },
  "firewall-measures-its-rules": {
    good: { all: [acl] },
    bad: {
      "not one rule": rules(common, { ...rate, visibilityConfig: { cloudwatchMetricsEnabled: false } }),
      "not the ACL": [but(acl, { visibilityConfig: undefined })],
    },
  },
  "firewall-logs": {
    good: { yes: [acl, logging] },
    bad: {
      no: [acl],
      "another's": [acl, but(logging, { resourceArn: "arn:aws:wafv2:x" })],
      "to where WAF does not write": [
        acl,
        but(logging, { logDestinationConfigs: ["arn:aws:logs:us-east-1:123456789012:log-group:model"] }),
      ],
    },
  },
  "firewall-logs-no-credentials": {
    good: { "both hidden": [logging] },
    bad: {
      none: [but(logging, { redactedFields: undefined })],
      "the key shows": [but(logging, { redactedFields: [{ singleHeader: { name: "Authorization" } }] })],
    },
  },
};
