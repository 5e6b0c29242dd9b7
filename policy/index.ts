// The policy pack for Pulumi's engine: `pulumi preview --policy-pack policy`, and likewise `pulumi up`.

import { PolicyPack, type StackValidationPolicy } from "@pulumi/policy";
import { checkGraph, checkRule, type Finding, isViolation } from "./check";
import { engineGraph } from "./engine-graph";
import { pack } from "./pack";
import { View } from "./queries/view";

const today = new Date();

const rules = pack.map((rule): StackValidationPolicy => ({
  name: rule.name,
  description: `${rule.description} (${rule.controls.join(", ")})`,
  enforcementLevel: "mandatory",
  severity: rule.severity,
  validateStack: ({ resources }, report) => {
    const view = new View(engineGraph(resources), today);
    for (const finding of checkRule(rule, view, { today }).filter(isViolation)) report(textOf(finding), finding.urn);
  },
}));

/** A first preview knows few ids: rules that lack a value only warn; the `pulumi up` that follows decides. */
const known: StackValidationPolicy = {
  name: "known-before-deployment",
  description: "What a rule must read is known before the deployment.",
  enforcementLevel: "advisory",
  validateStack: ({ resources }, report) => {
    for (const finding of checkGraph(engineGraph(resources), { today })) {
      if (finding.status === "unknown") report(`${finding.rule}: ${textOf(finding)}`, finding.urn);
    }
  },
};

new PolicyPack("model-serving", { policies: [...rules, known] });

function textOf({ message, about, reason, status }: Finding): string {
  return `${message}${about === "" ? "" : `: ${about}`}${status === "expired" ? ` (${reason})` : ""}`;
}
