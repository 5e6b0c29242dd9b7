// Whether the policy pack or the access matrix notices that a graph became weaker.

import { printable } from "../../access-matrix/json";
import { matrixOf } from "../../access-matrix/matrix";
import type { Graph, Resource } from "../../graph/resource";
import { checkRule, type Finding } from "../../policy/check";
import { readExceptions } from "../../policy/exceptions";
import { pack } from "../../policy/pack";
import { View } from "../../policy/queries/view";
import type { Mutant } from "./mutants";

/** By this date runtimes and exceptions are judged, so that the share does not change by the passing of time. */
const today = new Date("2026-11-20");

export type Noticed = string | undefined;

/** Judges the mutants of one graph. */
export class Judge {
  private readonly exceptions = readExceptions();
  /** What the pack finds in the graph itself, by rule. */
  private readonly found = new Map<string, Set<string>>();
  /** The types that a rule looked at, by rule; `*` for all. */
  private readonly looked = new Map<string, ReadonlySet<string>>();
  private readonly matrix: Access;

  constructor(private readonly graph: Graph) {
    for (const rule of pack) {
      const view = new Looking(graph);
      const findings = checkRule(rule, view, { today, exceptions: this.exceptions });
      this.found.set(rule.name, new Set(findings.map(keyOf)));
      this.looked.set(rule.name, view.looked);
    }
    this.matrix = accessOf(graph);
  }

  /** The first rule that finds what it did not find before, or `matrix`; `undefined` if nobody notices. */
  noticed({ resource, type, name }: Mutant): Noticed {
    const keep = (one: Resource) => one.type !== type || one.name !== name;
    const resources = this.graph.resources.flatMap((one) =>
      keep(one) ? [one] : resource === undefined ? [] : [resource],
    );
    const mutated = { ...this.graph, resources };
    const view = new View(mutated, today);
    const rule = pack.find((each) => {
      // A rule that never looked at this type sees no difference.
      const looked = this.looked.get(each.name)!;
      if (!looked.has("*") && !looked.has(type)) return false;
      const findings = checkRule(each, view, { today, exceptions: this.exceptions });
      return findings.some(
        (finding) => finding.status !== "excepted" && !this.found.get(each.name)!.has(keyOf(finding)),
      );
    });
    if (rule !== undefined) return rule.name;
    return allowsMore(this.matrix, accessOf(mutated)) ? "matrix" : undefined;
  }
}

function keyOf({ rule, resource, about, message, status }: Finding): string {
  return [rule, resource, about, message, status].join("\n");
}

/** Notes the types that are looked at. */
class Looking extends View {
  readonly looked = new Set<string>();

  constructor(graph: Graph) {
    super(graph, today);
    const all = this.resources;
    Object.defineProperty(this, "resources", {
      get: () => {
        this.looked.add("*");
        return all;
      },
    });
  }

  override ofType(...types: readonly string[]): readonly Resource[] {
    for (const type of types) this.looked?.add(type);
    return super.ofType(...types);
  }
}

/** Who may call, as far as more of it is worse; `undefined` if the matrix refuses to tell. */
type Access = { readonly letIn: ReadonlySet<string>; readonly rest: string } | undefined;

function accessOf(graph: Graph): Access {
  try {
    const { cells, findings, doors, callers, policies } = printable(matrixOf(graph)) as Record<string, unknown[]>;
    const letIn = (cells as { credential: { name: string }; status: unknown }[])
      .filter(({ status }) => typeof status === "number" && status < 400)
      .map(({ credential, ...cell }) => JSON.stringify({ ...cell, credential: credential.name }));
    return { letIn: new Set(letIn), rest: JSON.stringify([findings, doors, callers, policies]) };
  } catch {
    return undefined;
  }
}

/** Whether somebody is let in who was not, or other callers, addresses or policies are named. */
function allowsMore(before: Access, after: Access): boolean {
  if (before === undefined || after === undefined) return before !== after;
  return before.rest !== after.rest || [...after.letIn].some((cell) => !before.letIn.has(cell));
}
