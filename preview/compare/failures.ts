// The reasons why a stack's new version must not be merged.

import { resourceTypes } from "../../graph/resource-types";
import { isError, type MatrixSnapshot, type StackSnapshot } from "../version/snapshot";
import { type AccessChange, opened, reachable } from "./access";
import type { ContextChange } from "./context";
import { subjectOf } from "./policy-changes";
import type { ResourceChange } from "./resources";

/** Routes that became open, and to whom. */
export function openings(before: MatrixSnapshot | undefined, after: MatrixSnapshot) {
  return [
    ...opened(before, after).map((route) => ({ what: "ANYONE CAN CALL", route })),
    ...reachable(before, after).map((route) => ({ what: "ANY NETWORK CAN REACH", route })),
  ];
}

/** @param access what is wrong with who may call */
export function failuresOf({ program, matrix, findings }: StackSnapshot, access: readonly string[]): string[] {
  if (isError(program)) return [`cannot be evaluated: ${program.error}`];
  return [
    ...(isError(matrix) ? [`the access matrix cannot be computed: ${matrix.error}`] : access),
    ...(isError(findings)
      ? [`the policy pack cannot check: ${findings.error}`]
      : findings
          .filter(({ violation }) => violation)
          .map((finding) => {
            const { rule, message, status } = finding;
            return `${rule}: ${subjectOf(finding)}: ${message}${status === "expired" ? " (its exception has expired)" : ""}`;
          })),
  ];
}

/** One line for each protected resource that would be deleted or replaced. */
export function protectedDeletions(changes: readonly ResourceChange[]): string[] {
  return deletions(changes)
    .filter(({ protected: isProtected }) => isProtected)
    .map((change) => `${phrase(change)}, but it is protected: first pulumi config set protectData false && pulumi up`);
}

/** One line for each resource that has to be emptied by hand before. The preview cannot see whether it is empty. */
export function preparations(changes: readonly ResourceChange[]): string[] {
  return deletions(changes).flatMap((change) => {
    const where = resourceTypes[change.type]?.emptiedFirst;
    return where === undefined ? [] : [`${phrase(change)}, which AWS refuses while anything is in it: ${where}`];
  });
}

function deletions(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  return changes.filter(({ op }) => op === "removed" || op === "replaced");
}

function phrase({ name, op }: ResourceChange): string {
  return `${name} would be ${op === "removed" ? "deleted" : "replaced"}`;
}

/** Routes that one line names. */
const most = 20;

/** Authorization that is gone: a requirement of routes, a list of clients, the closed default endpoint. */
export function lostAuthorization(access: readonly AccessChange[], context: readonly ContextChange[]): string[] {
  const factors = access.flatMap(({ api, route, lost }) =>
    lost.map((factor) => ({ key: `${api} NO LONGER ASKS FOR ${factor}`, route })),
  );
  return [...folded(factors), ...context.filter(({ lost }) => lost !== "").map(({ lost, line }) => `${lost}: ${line}`)];
}

/**
 * Everything else that lets more callers in.
 * @param known routes that the report names already
 */
export function widenedAccess(
  access: readonly AccessChange[],
  context: readonly ContextChange[],
  known: readonly string[],
): string[] {
  const routes = access
    .filter(({ widened: widened, lost, route }) => widened && lost.length === 0 && !known.includes(route))
    .map(({ api, route }) => ({ key: `${api} lets in what it refused before`, route }));
  return [
    ...folded(routes),
    ...context.filter(({ widened: widened, lost }) => widened && lost === "").map(({ line }) => line),
  ];
}

function folded(found: readonly { readonly key: string; readonly route: string }[]): string[] {
  return [...new Set(found.map(({ key }) => key))].map((key) => {
    const routes = found.filter((each) => each.key === key).map(({ route }) => route.slice(route.indexOf(": ") + 2));
    const more = routes.length > most ? ` and ${routes.length - most} more` : "";
    return `${key}: ${routes.slice(0, most).join(", ")}${more}`;
  });
}
