// The web ACL's rules, in order of evaluation. Pure.

import type { input } from "@pulumi/aws/types";

type Rule = input.wafv2.WebAclRule;
type Statement = input.wafv2.WebAclRuleStatement;

export interface FirewallRulesArgs {
  /** Prefix of the names of the rules' metrics. */
  readonly prefix: string;
  /** ARNs of the IP sets to block; empty: none. */
  readonly blockedSets: readonly string[];
  /** ARNs of the IP sets that may call, and no other address; empty: every address may. */
  readonly allowedSets: readonly string[];
  /** ISO 3166 codes of the countries that may call, and no others; empty: every country may. */
  readonly countries: readonly string[];
  /** Requests accepted from one address in five minutes. */
  readonly addressRate: number;
  /** Requests accepted with one API key in five minutes, from all addresses; absent: no API key is required. */
  readonly keyRate?: number;
}

const block = { block: {} };
const window = 300;

/**
 * Matches a Content-Length of 4,720,000 or more, just above the 4,718,592 bytes of the largest body that Lambda takes
 * in base64. A size rule on the body cannot replace it: WAF inspects only a body's first 16 KB (at most 64), so that a
 * larger limit would never match, and blocking whatever WAF cannot inspect would block every larger tensor. A chunked
 * body has no Content-Length; API Gateway and Lambda refuse it by their own limits.
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html
 * WAF takes no capturing groups: https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-support.html
 */
export const tooLong = "^0*(?:47[2-9]\\d{4}|4[89]\\d{5}|[5-9]\\d{6}|\\d{8,})$";

/**
 * Rules of AWS's common rule set that count instead of blocking, and why. Bodies here are tensors: numbers, bytes, and
 * texts for a model. Nothing in them is ever rendered, opened or fetched.
 */
export const counted: Readonly<Record<string, string>> = {
  SizeRestrictions_BODY: "its 8 KB would block every tensor; the rule body-size bounds what a function can take",
  CrossSiteScripting_BODY: "a text to classify may be a web page; no answer is ever HTML",
  GenericLFI_BODY: "a text or binary tensor may hold ../; no path is made of a body",
  GenericRFI_BODY: "a text may hold an address; none is ever fetched",
  EC2MetaDataSSRF_BODY: "a text may hold an address; none is ever fetched",
  NoUserAgent_HEADER: "callers are programs, and Node's own client names none",
};

export function firewallRules(args: FirewallRulesArgs): Rule[] {
  const { blockedSets, allowedSets, countries, keyRate } = args;
  const named: [name: string, what: Omit<Rule, "name" | "priority" | "visibilityConfig">][] = [];
  if (blockedSets.length > 0) named.push(["blocked-networks", { action: block, statement: anyOf(blockedSets) }]);
  if (allowedSets.length > 0) named.push(["other-networks", { action: block, statement: not(anyOf(allowedSets)) }]);
  if (countries.length > 0) {
    const statement = not({ geoMatchStatement: { countryCodes: [...countries] } });
    named.push(["other-countries", { action: block, statement }]);
  }
  named.push([
    "body-size",
    {
      action: block,
      statement: {
        regexMatchStatement: {
          regexString: tooLong,
          fieldToMatch: { singleHeader: { name: "content-length" } },
          textTransformations: [{ priority: 0, type: "NONE" }],
        },
      },
    },
  ]);
  named.push(["rate-of-an-address", { action: block, statement: rate(args.addressRate) }]);
  // Limits one key that is used from many addresses, which the rule above does not notice. A caller who invents keys is
  // still limited by the address.
  if (keyRate !== undefined) named.push(["rate-of-a-key", { action: block, statement: rate(keyRate, "x-api-key") }]);
  // Both managed groups block, except for the rules that count. The known bad inputs include Log4Shell and Java gadgets
  // in bodies; their patterns are long words that no tensor of numbers contains.
  named.push(["aws-common", managed("AWSManagedRulesCommonRuleSet", Object.keys(counted))]);
  named.push(["aws-known-bad-inputs", managed("AWSManagedRulesKnownBadInputsRuleSet", [])]);
  return named.map(([name, what], priority) => ({
    name,
    priority,
    ...what,
    visibilityConfig: {
      metricName: `${args.prefix}-${name}`,
      cloudwatchMetricsEnabled: true,
      // Sampled requests would show whole requests, with credentials, to everyone who opens the console.
      sampledRequestsEnabled: false,
    },
  }));
}

function managed(name: string, counted: readonly string[]): Omit<Rule, "name" | "priority" | "visibilityConfig"> {
  const ruleActionOverrides = counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return {
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ...(ruleActionOverrides.length === 0 ? {} : { ruleActionOverrides }),
      },
    },
  };
}

function rate(limit: number, header?: string): Statement {
  return {
    rateBasedStatement:
      header === undefined
        ? { limit, evaluationWindowSec: window, aggregateKeyType: "IP" }
        : {
            limit,
            evaluationWindowSec: window,
            aggregateKeyType: "CUSTOM_KEYS",
            customKeys: [{ header: { name: header, textTransformations: [{ priority: 0, type: "NONE" }] } }],
          },
  };
}

/** An IP set holds addresses of one family only. */
function anyOf(sets: readonly string[]): Statement {
  const statements = sets.map((arn) => ({ ipSetReferenceStatement: { arn } }));
  return statements.length === 1 ? statements[0]! : { orStatement: { statements } };
}

function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}
