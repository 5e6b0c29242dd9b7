// The result of a preview: what changes in each stack, and the reasons why the change must not be merged.

import { type EvaluationError, isError, type Snapshot, type StackSnapshot } from "../version/snapshot";
import { type AccessChange, accessChanges } from "./access";
import { type ContextChange, contextChanges } from "./context";
import { differences, type PropertyChange } from "./differences";
import { failuresOf, lostAuthorization, openings, preparations, protectedDeletions, widenedAccess } from "./failures";
import { exceptionChanges, type FindingChange, findingChanges } from "./policy-changes";
import { type ResourceChange, resourceChanges } from "./resources";

export interface Report {
  /** What is compared: an abbreviated commit hash, or `the working files`. */
  readonly base: string;
  readonly head: string;
  /** Settings whose declaration in Pulumi.yaml is added, changed or removed. */
  readonly declared: readonly PropertyChange[];
  /** Exceptions to the policy pack's rules that come, go or change. */
  readonly exceptions: readonly PropertyChange[];
  /** Files that decide about changes, and that this one changes. */
  readonly reviewed: readonly string[];
  /** By stack name. */
  readonly stacks: Readonly<Record<string, StackReport>>;
  /** Reasons why the change must not be merged, one line each; empty if there are none. */
  readonly failures: readonly string[];
  /** What else lets more callers in, one line each. */
  readonly widened: readonly string[];
  /** What is to be done by hand before a deployment, one line each. */
  readonly before: readonly string[];
}

export interface StackReport {
  readonly op: "added" | "removed" | "kept";
  /** What could not be compared, and why. */
  readonly errors: readonly string[];
  readonly settings: readonly PropertyChange[];
  readonly resources: readonly ResourceChange[];
  /** Stack outputs that are added or removed. */
  readonly outputs: readonly PropertyChange[];
  readonly access: readonly AccessChange[];
  /** Changes in addresses, TLS settings, networks, clients, issuers, origins and what the IAM policies allow. */
  readonly context: readonly ContextChange[];
  readonly findings: readonly FindingChange[];
  readonly failures: readonly string[];
  readonly widened: readonly string[];
  readonly before: readonly string[];
}

export interface ComparedVersion {
  readonly name: string;
  readonly snapshot: Snapshot | EvaluationError;
}

const nothing: Snapshot = { declared: {}, exceptions: [], stacks: {} };

/** @param reviewed files that decide about changes, and that differ between the two */
export function reportOf(base: ComparedVersion, head: ComparedVersion, reviewed: readonly string[]): Report {
  const named = { base: base.name, head: head.name, reviewed };
  if (isError(head.snapshot)) {
    const failures = [`this version cannot be read: ${head.snapshot.error}`];
    return { ...named, declared: [], exceptions: [], stacks: {}, failures, widened: [], before: [] };
  }
  const baseError = isError(base.snapshot) ? base.snapshot : undefined;
  const [before, after] = [isError(base.snapshot) ? nothing : base.snapshot, head.snapshot];
  const names = [...new Set([...Object.keys(before.stacks), ...Object.keys(after.stacks)])].sort();
  const stacks = Object.fromEntries(
    names.map((name) => [name, stackReport(before.stacks[name], after.stacks[name], baseError)]),
  );
  return {
    ...named,
    declared: baseError === undefined ? differences(plain(before.declared), plain(after.declared)) : [],
    exceptions:
      isError(before.exceptions) || isError(after.exceptions)
        ? []
        : exceptionChanges(before.exceptions, after.exceptions),
    stacks,
    failures: Object.entries(stacks).flatMap(([name, { failures }]) => failures.map((line) => `${name}: ${line}`)),
    widened: Object.entries(stacks).flatMap(([name, { widened: widened }]) =>
      widened.map((line) => `${name}: ${line}`),
    ),
    before: Object.entries(stacks).flatMap(([name, { before }]) => before.map((line) => `${name}: ${line}`)),
  };
}

function stackReport(
  before: StackSnapshot | undefined,
  after: StackSnapshot | undefined,
  baseError: EvaluationError | undefined,
): StackReport {
  const missing = (what: "program" | "matrix" | "findings") => {
    const old = baseError ?? before?.[what];
    const next = after?.[what];
    return [
      ...(old !== undefined && isError(old) ? [`before: ${old.error}`] : []),
      ...(next !== undefined && isError(next) ? [`now: ${next.error}`] : []),
    ];
  };
  // A part that is not known in one version is not compared; a stack that a version does not have counts as empty.
  const old = <T extends object>(part: T | EvaluationError | undefined, empty: T): T | undefined =>
    part === undefined ? (baseError === undefined ? empty : undefined) : isError(part) ? undefined : part;
  const next = <T extends object>(part: T | EvaluationError | undefined, empty: T): T | undefined =>
    part === undefined ? empty : isError(part) ? undefined : part;
  const noProgram = { resources: [], outputs: [] };
  const noMatrix = { findings: {}, doors: [], callers: [], policies: [], cells: [] };
  const programs = [old(before?.program, noProgram), next(after?.program, noProgram)] as const;
  const matrices = [old(before?.matrix, noMatrix), next(after?.matrix, noMatrix)] as const;
  const findings = [old(before?.findings, []), next(after?.findings, [])] as const;
  const both = <T, R>([one, other]: readonly [T | undefined, T | undefined], compare: (a: T, b: T) => R[]): R[] =>
    one === undefined || other === undefined ? [] : compare(one, other);
  const [access, around] = [both(matrices, accessChanges), both(matrices, contextChanges)];
  const resources = both(programs, (a, b) => resourceChanges(a.resources, b.resources));
  const open = after === undefined || isError(after.matrix) ? [] : openings(matrices[0], after.matrix);
  return {
    op: after === undefined ? "removed" : before === undefined && baseError === undefined ? "added" : "kept",
    errors: [...new Set([...missing("program"), ...missing("matrix"), ...missing("findings")])],
    settings: baseError === undefined ? differences(plain(before?.settings ?? {}), plain(after?.settings ?? {})) : [],
    resources,
    outputs: both(programs, (a, b) => differences(a.outputs, b.outputs, "outputs")),
    access,
    context: around,
    findings: both(findings, findingChanges),
    failures:
      after === undefined
        ? []
        : [
            ...failuresOf(after, [
              ...open.map(({ what, route }) => `${what} ${route}`),
              ...lostAuthorization(access, around),
            ]),
            ...protectedDeletions(resources),
          ],
    widened: widenedAccess(
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
