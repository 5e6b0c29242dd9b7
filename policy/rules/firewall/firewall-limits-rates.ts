// A single address must not exhaust the capacity that all share, or try keys by brute force.

import { restApiType } from "../../../graph/openapi";
import { operationsOf } from "../../queries/operations";
import { amount, at, list, text } from "../../queries/read";
import { violation, type Rule, unmet } from "../../queries/rule";
import type { View } from "../../queries/view";
import { isSet, rulesOf, webAclType } from "./web-acls";

/** Requests per second: a tenth of what API Gateway serves to all callers of an account together. */
const most = 1_000;

export const firewallLimitsRates: Rule = {
  name: "firewall-limits-rates",
  description:
    "A web ACL blocks every address, and where there are API keys every key, that exceeds a request rate; no rate exceeds 1,000 requests per second.",
  severity: "medium",
  controls: ["OWN.WafRate", "API4", "API6"],
  types: [webAclType],
  check: (acl, view) => {
    const rated = rulesOf(acl).filter((rule) => isSet(rule, "statement", "rateBasedStatement"));
    return [
      ...unmet({
        "no rule with a rateBasedStatement blocks by the address, on all paths": rated.some(
          (rule) => isSet(rule, "action", "block") && countsEveryAddress(at(rule, "statement", "rateBasedStatement")),
        ),
        "no rule with a rateBasedStatement blocks by the API key, from all addresses together":
          !asksForKeys(view) ||
          rated.some(
            (rule) => isSet(rule, "action", "block") && countsKeys(at(rule, "statement", "rateBasedStatement")),
          ),
      }),
      ...rated
        .filter((rule) => !(perSecond(at(rule, "statement", "rateBasedStatement")) <= most))
        .map((rule) => violation("limit is not set, or above 1,000 requests per second", text(at(rule, "name")))),
    ];
  },
};

function countsEveryAddress(statement: unknown): boolean {
  return (at(statement, "aggregateKeyType") ?? "IP") === "IP" && !isSet(statement, "scopeDownStatement");
}

/** A key that leaked is used from many addresses. */
function countsKeys(statement: unknown): boolean {
  const names = list(at(statement, "customKeys")).map((key) => text(at(key, "header", "name")).toLowerCase());
  return (
    at(statement, "aggregateKeyType") === "CUSTOM_KEYS" &&
    names.join() === "x-api-key" &&
    !isSet(statement, "scopeDownStatement")
  );
}

function asksForKeys(view: View): boolean {
  return view
    .ofType(restApiType)
    .some((api) =>
      operationsOf(api, view).some(({ alternatives }) => alternatives.flat().some(({ kind }) => kind === "apiKey")),
    );
}

function perSecond(statement: unknown): number {
  return amount(at(statement, "limit")) / amount(at(statement, "evaluationWindowSec") ?? 300);
}
