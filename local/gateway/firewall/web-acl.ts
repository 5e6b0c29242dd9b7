// The web ACL in front of a stage: which of its rules blocks a request, and which rules cannot be evaluated locally.
// https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import type { ApiRequest } from "../../server/api-request";
import { type NotEnforced, Unenforceable } from "../../base/unenforceable";
import { compileStatement, fieldsOf, type StatementMatch } from "./statement";
import type { GatewayResponse } from "../request/exchange";

/** Checks every request that reaches the stage, before anything else does. */
export type Firewall = (request: ApiRequest) => GatewayResponse | undefined;

interface Rule {
  readonly name?: string;
  readonly priority?: number;
  readonly action?: unknown;
  readonly overrideAction?: unknown;
  readonly statement?: Readonly<Record<string, unknown>>;
}

interface CompiledRule {
  readonly name: string;
  readonly action: string;
  readonly matches: StatementMatch;
}

/** Statements that need AWS's own data. They only filter traffic, so they are reported as not enforced. */
const unknown: Readonly<Record<string, string>> = {
  managedRuleGroupStatement: "AWS's managed rules are not public",
  sqliMatchStatement: "AWS's detection is not public",
  xssMatchStatement: "AWS's detection is not public",
};

/**
 * The rules of a web ACL that are not enforced.
 * @throws Unenforceable for a rule that decides who may call and cannot be enforced
 */
export function firewallGaps(acl: Resource, graph: Graph): NotEnforced[] {
  compile(acl, graph);
  return rulesOf(acl).flatMap((rule) => {
    const why = unknown[kindOf(rule)];
    return why === undefined ? [] : [{ resource: at(acl, rule), why }];
  });
}

/** The firewall of a stage; `undefined` if it has no web ACL. @throws Unenforceable as `firewallGaps` does */
export function firewallOf(stageArn: unknown, graph: Graph, clock: () => number): Firewall | undefined {
  const association = ofType(graph, "aws:wafv2/webAclAssociation:WebAclAssociation").find(
    ({ inputs }) => inputs["resourceArn"] === stageArn,
  );
  if (association === undefined) return undefined;
  const acl = ofType(graph, "aws:wafv2/webAcl:WebAcl").find(
    ({ outputs }) => outputs["arn"] === association.inputs["webAclArn"],
  );
  if (acl === undefined) throw new Unenforceable(association.urn, "names a web ACL that is not of this program");
  const rules = compile(acl, graph);
  return (request) => {
    const now = clock();
    const ending = rules.find(({ action, matches }) => matches(request, now) && action !== "count");
    if (ending === undefined || ending.action === "allow") return undefined;
    return { type: "WAF_FILTERED", message: "Forbidden", reason: `the firewall's rule ${ending.name}` };
  };
}

/** The rules that can be evaluated, by priority. */
function compile(acl: Resource, graph: Graph): CompiledRule[] {
  if (onlyField(acl.inputs["defaultAction"]) !== "allow")
    throw new Unenforceable(acl.urn, "does not allow by default: AWS's rules, unknown here, would decide who may call");
  if (acl.inputs["ruleJson"] !== undefined)
    throw new Unenforceable(acl.urn, "has its rules as JSON, which is not read locally");
  return rulesOf(acl)
    .filter((rule) => unknown[kindOf(rule)] === undefined)
    .sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0))
    .map((rule) => {
      const action = onlyField(rule.action);
      if (!["allow", "block", "count"].includes(action) || fieldsOf(Object.values(rule.action as object)[0]).length > 0)
        throw new Unenforceable(at(acl, rule), "does something else than allow, block or count");
      return {
        name: rule.name ?? "",
        action,
        matches: compileStatement(rule.statement, graph, at(acl, rule)),
      };
    });
}

function rulesOf({ inputs }: Resource): Rule[] {
  return Array.isArray(inputs["rules"]) ? [...(inputs["rules"] as Rule[])] : [];
}

function at(acl: Resource, rule: Rule): string {
  return `${acl.urn}: rule ${rule.name ?? "without a name"}`;
}

function kindOf(rule: Rule): string {
  return onlyField(rule.statement);
}

/** Name of the only field that is set; empty if there is none or more than one. */
function onlyField(record: unknown): string {
  const [[name] = [""], ...more] = fieldsOf(record);
  return more.length > 0 ? "" : name;
}
