// The firewall in front of REST stages.

import { a, but, type Cases } from "../a-graph";

const header = (name: string) => ({ singleHeader: { name } });
const metric = { visibilityConfig: { cloudwatchMetricsEnabled: true } };
const group = (name: string, ruleActionOverrides: object[] = [], more: object = {}) => ({
  name,
  ...metric,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ruleActionOverrides, ...more } },
});
const override = (name: string, action = "count") => ({ name, actionToUse: { [action]: {} } });
const commonBut = (...overrides: object[]) => group("AWSManagedRulesCommonRuleSet", overrides);
const common = commonBut(override("SizeRestrictions_BODY"));
const badInputs = group("AWSManagedRulesKnownBadInputsRuleSet");
const rateOf = (limits: object) => ({
  name: "rate",
  ...metric,
  action: { block: {} },
  statement: { rateBasedStatement: { limit: 1000, ...limits } },
});
const byHeader = (name: string) => ({ aggregateKeyType: "CUSTOM_KEYS", customKeys: [{ header: { name } }] });
/** An API whose only route asks for a key. */
const keyed = a("aws:apigateway/restApi:RestApi", "keyed", {
  body: JSON.stringify({
    paths: { "/x": { post: { security: [{ key: [] }] } } },
    components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "x-api-key" } } },
  }),
});
const rate = rateOf({ aggregateKeyType: "IP" });
const sizeBy = (regexString: string, more: object = {}) => ({
  name: "size",
  ...metric,
  action: { block: {} },
  statement: {
    regexMatchStatement: { fieldToMatch: { singleHeader: { name: "content-length" } }, regexString, ...more },
  },
});
const size = sizeBy("^0*(?:47[2-9]\\d{4}|4[89]\\d{5}|[5-9]\\d{6}|\\d{8,})$");
const way = {
  name: "way",
  ...metric,
  statement: {
    byteMatchStatement: { fieldToMatch: { uriPath: {} }, positionalConstraint: "STARTS_WITH", searchString: "/" },
  },
};
const acl = a("aws:wafv2/webAcl:WebAcl", "acl", { ...metric, rules: [common, badInputs, rate, size] });
const logging = a("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "logging", {
  resourceArn: String(acl.outputs.arn),
  logDestinationConfigs: ["arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-model"],
  redactedFields: [...["authorization", "x-api-key", "x-amz-security-token"].map(header), { queryString: {} }],
});
const shown = (...redactedFields: object[]) => [but(logging, { redactedFields })];
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
    good: {
      blocks: [acl],
      "of a key too": rules(rate, rateOf({ aggregateKeyType: "CUSTOM_KEYS", limit: 300_000 })),
      "of the keys that an API asks for": [keyed, ...rules(rate, rateOf(byHeader("X-Api-Key")))],
      "in a minute": rules(rateOf({ limit: 60_000, evaluationWindowSec: 60 })),
    },
    bad: {
      no: rules(common),
      "only counts": rules({ ...rate, action: { count: {} } }),
      "a limit that nobody reaches": rules(rateOf({ limit: 2_000_000_000 })),
      "a limit per second, in effect": rules(rateOf({ limit: 60_001, evaluationWindowSec: 60 })),
      "such a limit of a key": rules(rate, rateOf({ aggregateKeyType: "CUSTOM_KEYS", limit: 300_001 })),
      "no limit": rules(rateOf({ limit: undefined })),
      "of keys alone, which a caller can invent": rules(rateOf({ aggregateKeyType: "CUSTOM_KEYS" })),
      "not of the keys": [keyed, acl],
      "of another header": [keyed, ...rules(rate, rateOf(byHeader("x-other")))],
      "of one path alone": rules(rateOf({ scopeDownStatement: way.statement })),
    },
  },
  "firewall-blocks-known-attacks": {
    good: {
      all: [acl],
      "after a rule that blocks more": rules({ ...way, action: { block: {} } }, common, badInputs),
      "a rule that blocks, by an override": rules(
        commonBut(override("SizeRestrictions_BODY"), override("NoUserAgent_HEADER", "block")),
        badInputs,
      ),
    },
    bad: {
      "one group is missing": rules(common, rate, size),
      "a group only counts": rules(common, { ...badInputs, overrideAction: { count: {} } }, size),
      "a group judges one path alone": rules(
        common,
        group("AWSManagedRulesKnownBadInputsRuleSet", [], { scopeDownStatement: way.statement }),
      ),
      "8 KB blocks every tensor": rules(commonBut(), badInputs, size),
      "one more rule only counts": rules(
        commonBut(override("SizeRestrictions_BODY"), override("CrossSiteScripting_QUERYARGUMENTS")),
        badInputs,
      ),
      "a rule of the other group only counts": rules(
        common,
        group("AWSManagedRulesKnownBadInputsRuleSet", [override("Log4JRCE_BODY")]),
      ),
      "large bodies pass everything else": rules(commonBut(override("SizeRestrictions_BODY", "allow")), badInputs),
      "a rule lets everybody pass first": rules({ ...way, action: { allow: {} } }, common, badInputs),
      "somebody else's rules decide first": rules(
        {
          ...way,
          overrideAction: { none: {} },
          statement: { ruleGroupReferenceStatement: { arn: "arn:aws:wafv2:x" } },
        },
        common,
        badInputs,
      ),
    },
  },
  "firewall-bounds-bodies": {
    good: { "beyond what Lambda takes": [acl], "earlier than that": rules(sizeBy("^\\d{6,}$")) },
    bad: {
      no: rules(common, badInputs, rate),
      "only counts": rules({ ...size, action: { count: {} } }),
      "of another header": rules(sizeBy("^\\d{6,}$", { fieldToMatch: header("x-length") })),
      never: rules(sizeBy("^never$")),
      "from eight digits": rules(sizeBy("^\\d{8,}$")),
      "of seven digits alone": rules(sizeBy("^\\d{7}$")),
      "of another text": rules(sizeBy("^\\d{6,}$", { textTransformations: [{ priority: 0, type: "HEX_DECODE" }] })),
      "what is no regular expression": rules(sizeBy("(")),
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
    good: { "all hidden": [logging] },
    bad: {
      none: [but(logging, { redactedFields: undefined })],
      "the key shows": shown(header("Authorization"), header("x-amz-security-token"), { queryString: {} }),
      "a session's token shows": shown(header("authorization"), header("x-api-key"), { queryString: {} }),
      "a signature in the query shows": shown(...["authorization", "x-api-key", "x-amz-security-token"].map(header)),
    },
  },
};
