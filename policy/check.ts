// Runs the rules of the pack on a graph and applies the exceptions to the findings.

import type { Graph, Resource } from "../graph/resource";
import { covers, type Exception, isExpired, readExceptions } from "./exceptions";
import { pack } from "./pack";
import { Unreadable } from "./queries/read";
import { type Rule, type Severity, violation, type Violation } from "./queries/rule";
import { UnknownValue } from "./queries/unknown";
import { View } from "./queries/view";

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly urn: string;
  /** `<type>::<name>`. */
  readonly resource: string;
  readonly message: string;
  /** The part of the resource concerned (`Violation.about`), if it can break the rule in several ways; else empty. */
  readonly about: string;
  /**
   * `open`: a violation. `expired`: a violation whose exception has expired. `excepted`: a deliberate exception.
   * `unknown`: the rule needs a value that is only known after the deployment.
   */
  readonly status: "open" | "expired" | "excepted" | "unknown";
  /** The exception's reason (`excepted`) or its review date (`expired`). */
  readonly reason?: string;
}

export interface CheckOptions {
  /** The date against which the end dates of runtimes and exceptions are compared. */
  readonly today: Date;
  /** By default those of exceptions.yaml. */
  readonly exceptions?: readonly Exception[];
  /** Called for each resource that a rule applied to. */
  readonly applied?: (rule: string, resource: Resource) => void;
}

/** Checks a graph against every rule. */
export function checkGraph(graph: Graph, options: CheckOptions): Finding[] {
  const view = new View(graph, options.today);
  const exceptions = options.exceptions ?? readExceptions();
  return pack.flatMap((rule) => checkRule(rule, view, { ...options, exceptions }));
}

/** Whether a finding must stop a deployment. */
export function isViolation({ status }: Finding): boolean {
  return status === "open" || status === "expired";
}

/** Checks a graph against one rule of the pack. */
export function checkRule(rule: Rule, view: View, options: CheckOptions): Finding[] {
  const exceptions = (options.exceptions ?? readExceptions()).filter((exception) => exception.rule === rule.name);
  return view.ofType(...rule.types).flatMap((resource) => {
    const { violations, unknown } = violationsOf(rule, resource, view);
    if (violations === undefined) return [];
    options.applied?.(rule.name, resource);
    const of = {
      rule: rule.name,
      severity: rule.severity,
      urn: resource.urn,
      resource: `${resource.type}::${resource.name}`,
    };
    return violations.map((found): Finding => {
      const finding = { ...of, message: found.message, about: found.about };
      if (unknown) return { ...finding, status: "unknown" };
      const matching = exceptions.filter((exception) => covers(exception, finding, view.stack));
      const current = matching.find((exception) => !isExpired(exception, options.today));
      if (current !== undefined) return { ...finding, status: "excepted", reason: current.reason };
      return matching.length === 0
        ? { ...finding, status: "open" }
        : { ...finding, status: "expired", reason: `the exception was to be reviewed by ${matching[0]!.review}` };
    });
  });
}

function violationsOf(
  rule: Rule,
  resource: Resource,
  view: View,
): { violations: readonly Violation[] | undefined; unknown: boolean } {
  try {
    return { violations: rule.check(resource, view), unknown: false };
  } catch (error) {
    if (error instanceof UnknownValue) return { violations: [violation(error.message)], unknown: true };
    // A document that cannot be parsed is a violation, never a pass.
    if (error instanceof Unreadable) return { violations: [violation(error.message)], unknown: false };
    throw error;
  }
}
