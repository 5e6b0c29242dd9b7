// The rules of the firewall in front of the REST APIs, in their order. Pure.

import type { input } from "@pulumi/aws/types";

type Rule = input.wafv2.WebAclRule;
type Statement = input.wafv2.WebAclRuleStatement;

export interface FirewallRulesArgs {
  /** Begins the names of the rules' metrics. */
  readonly prefix: string;
  /** ARNs of the sets of addresses that are shut out; empty: none. */
  readonly blockedSets: readonly string[];
  /** ARNs of the sets of addresses that alone may call; empty: all may. */
  readonly allowedSets: readonly string[];
  /** ISO 3166 codes of the countries that alone may call; empty: all may. */
  readonly countries: readonly string[];
  /** Requests of one address in five minutes. */
  readonly addressRate: number;
  /** Requests with one API key in five minutes, whatever the addresses; absent: no key is asked for. */
  readonly keyRate?: number;
}

const block = { block: {} };
const window = 300;

/**
 * Content-Length from 4,720,000 bytes on: just above the 4,718,592 of a body that Lambda takes in base64. A size statement on
 * the body could not say so: of a body the firewall sees the first 16 KB (at most 64), so nothing above is ever "larger",
 * unless it blocks all that it cannot see, which is every tensor. A body that is sent in chunks has no such header;
 * API Gateway and Lambda refuse it by their own limits.
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html
 */
export const tooLong = "^0*(47[2-9]\\d{4}|4[89]\\d{5}|[5-9]\\d{6}|\\d{8,})$";

/**
 * Rules of AWS's common group that count instead of blocking, and why. Bodies here are tensors: numbers, bytes, and texts
 * that a model reads. Nothing of them is ever rendered, opened or called.
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
  // One key from many addresses, which the rule above does not see. Who makes keys up is still one address.
  if (keyRate !== undefined) named.push(["rate-of-a-key", { action: block, statement: rate(keyRate, "x-api-key") }]);
  // Blocked by both groups but for what is counted: among the known bad inputs Log4Shell and Java gadgets in bodies too, whose
  // patterns are long words that no tensor of numbers holds.
  named.push(["aws-common", managed("AWSManagedRulesCommonRuleSet", Object.keys(counted))]);
  named.push(["aws-known-bad-inputs", managed("AWSManagedRulesKnownBadInputsRuleSet", [])]);
  return named.map(([name, what], priority) => ({
    name,
    priority,
    ...what,
    visibilityConfig: {
      metricName: `${args.prefix}-${name}`,
      cloudwatchMetricsEnabled: true,
      // Samples show requests whole, credentials among them, to whoever opens the console.
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

/** Sets hold addresses of one family each. */
function anyOf(sets: readonly string[]): Statement {
  const statements = sets.map((arn) => ({ ipSetReferenceStatement: { arn } }));
  return statements.length === 1 ? statements[0]! : { orStatement: { statements } };
}

function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}
