// The result of a preview: what changes in each stack, and the reasons why the change must not be merged.

import { type AccessChange, accessChanges } from "./access";
import { differences, type PropertyChange } from "./differences";
import { exceptionChanges } from "./exceptions";
import { failuresOf, openings } from "./failures";
import { type FindingChange, findingChanges } from "./findings";
import { loosenings, lostProtections } from "./loosened";
import { preparations, refusals } from "./obstacles";
import { type ResourceChange, resourceChanges } from "./resources";
import { type Fault, isFault, type Snapshot, type StackSnapshot } from "../version/snapshot";
import { type Surrounding, surroundings } from "./surroundings";

export interface Report {
  /** What is compared: an abbreviated commit hash, or `the working files`. */
  readonly base: string;
  readonly head: string;
  /** Settings whose declaration in Pulumi.yaml is added, changed or removed. */
  readonly declared: readonly PropertyChange[];
  /** Exceptions to the policy pack's rules that come, go or change. */
  readonly exceptions: readonly PropertyChange[];
  /** Files that judge changes, and that this one changes. */
  readonly judges: readonly string[];
  /** By stack name. */
  readonly stacks: Readonly<Record<string, StackReport>>;
  /** Reasons why the change must not be merged, one line each; empty if there are none. */
  readonly failures: readonly string[];
  /** What else lets more callers in, one line each. */
  readonly loosened: readonly string[];
  /** What is to be done by hand before a deployment, one line each. */
  readonly before: readonly string[];
}

export interface StackReport {
  readonly op: "added" | "removed" | "kept";
  /** What could not be compared, and why. */
  readonly faults: readonly string[];
  readonly settings: readonly PropertyChange[];
  readonly resources: readonly ResourceChange[];
  /** Stack outputs that are added or removed. */
  readonly outputs: readonly PropertyChange[];
  readonly access: readonly AccessChange[];
  /** Changes in addresses, TLS settings, networks, clients, issuers, origins and what the IAM policies allow. */
  readonly surroundings: readonly Surrounding[];
  readonly findings: readonly FindingChange[];
  readonly failures: readonly string[];
  readonly loosened: readonly string[];
  readonly before: readonly string[];
}

export interface Compared {
  readonly name: string;
  readonly snapshot: Snapshot | Fault;
}

const nothing: Snapshot = { declared: {}, exceptions: [], stacks: {} };

/** @param judges files that judge changes, and that differ between the two */
export function reportOf(base: Compared, head: Compared, judges: readonly string[]): Report {
  const named = { base: base.name, head: head.name, judges };
  if (isFault(head.snapshot)) {
    const failures = [`this version cannot be read: ${head.snapshot.fault}`];
    return { ...named, declared: [], exceptions: [], stacks: {}, failures, loosened: [], before: [] };
  }
  const baseFault = isFault(base.snapshot) ? base.snapshot : undefined;
  const [before, after] = [isFault(base.snapshot) ? nothing : base.snapshot, head.snapshot];
  const names = [...new Set([...Object.keys(before.stacks), ...Object.keys(after.stacks)])].sort();
  const stacks = Object.fromEntries(
    names.map((name) => [name, stackReport(before.stacks[name], after.stacks[name], baseFault)]),
  );
  return {
    ...named,
    declared: baseFault === undefined ? differences(plain(before.declared), plain(after.declared)) : [],
    exceptions:
      isFault(before.exceptions) || isFault(after.exceptions)
        ? []
        : exceptionChanges(before.exceptions, after.exceptions),
    stacks,
    failures: Object.entries(stacks).flatMap(([name, { failures }]) => failures.map((line) => `${name}: ${line}`)),
    loosened: Object.entries(stacks).flatMap(([name, { loosened }]) => loosened.map((line) => `${name}: ${line}`)),
    before: Object.entries(stacks).flatMap(([name, { before }]) => before.map((line) => `${name}: ${line}`)),
  };
}

function stackReport(
  before: StackSnapshot | undefined,
  after: StackSnapshot | undefined,
  baseFault: Fault | undefined,
): StackReport {
  const missing = (what: "program" | "matrix" | "findings") => {
    const old = baseFault ?? before?.[what];
    const next = after?.[what];
    return [
      ...(old !== undefined && isFault(old) ? [`before: ${old.fault}`] : []),
      ...(next !== undefined && isFault(next) ? [`now: ${next.fault}`] : []),
    ];
  };
  // A part that is not known in one version is not compared; a stack that a version does not have counts as empty.
  const old = <T extends object>(part: T | Fault | undefined, empty: T): T | undefined =>
    part === undefined ? (baseFault === undefined ? empty : undefined) : isFault(part) ? undefined : part;
  const next = <T extends object>(part: T | Fault | undefined, empty: T): T | undefined =>
    part === undefined ? empty : isFault(part) ? undefined : part;
  const noProgram = { resources: [], outputs: [] };
  const noMatrix = { findings: {}, doors: [], callers: [], policies: [], cells: [] };
  const programs = [old(before?.program, noProgram), next(after?.program, noProgram)] as const;
  const matrices = [old(before?.matrix, noMatrix), next(after?.matrix, noMatrix)] as const;
  const findings = [old(before?.findings, []), next(after?.findings, [])] as const;
  const both = <T, R>([one, other]: readonly [T | undefined, T | undefined], compare: (a: T, b: T) => R[]): R[] =>
    one === undefined || other === undefined ? [] : compare(one, other);
  const [access, around] = [both(matrices, accessChanges), both(matrices, surroundings)];
  const resources = both(programs, (a, b) => resourceChanges(a.resources, b.resources));
  const open = after === undefined || isFault(after.matrix) ? [] : openings(matrices[0], after.matrix);
  return {
    op: after === undefined ? "removed" : before === undefined && baseFault === undefined ? "added" : "kept",
    faults: [...new Set([...missing("program"), ...missing("matrix"), ...missing("findings")])],
    settings: baseFault === undefined ? differences(plain(before?.settings ?? {}), plain(after?.settings ?? {})) : [],
    resources,
    outputs: both(programs, (a, b) => differences(a.outputs, b.outputs, "outputs")),
    access,
    surroundings: around,
    findings: both(findings, findingChanges),
    failures:
      after === undefined
        ? []
        : [
            ...failuresOf(after, [
              ...open.map(({ what, route }) => `${what} ${route}`),
              ...lostProtections(access, around),
            ]),
            ...refusals(resources),
          ],
    loosened: loosenings(
      access,
      around,
      open.map(({ route }) => route),
    ),
    before: after === undefined ? [] : preparations(resources),
  };
}

/** A copy as plain JSON, so that what JSON cannot represent (`undefined`) does not count as a difference. */
function plain(value: unknown): Parameters<typeof differences>[0] {
  return JSON.parse(JSON.stringify(value)) as Parameters<typeof differences>[0];
}
