// The steps of a definition: sorted by their dependencies, or flattened to include those inside conditions.

import type { Step } from "./definition";
import { ExecutionFailed } from "./expressions";

/** Sorts steps so that each follows those whose properties it refers to. @throws ExecutionFailed for a cycle */
export function inOrder(steps: readonly Step[]): Step[] {
  const waiting = [...steps];
  const ordered: Step[] = [];
  const names = (step: Step) =>
    [...JSON.stringify(step.Arguments).matchAll(/"Get":"Steps\.([^."]+)\./g)].map((m) => m[1]!);
  while (waiting.length > 0) {
    const next = waiting.findIndex((step) => names(step).every((name) => !waiting.some(({ Name }) => Name === name)));
    if (next < 0) throw new ExecutionFailed("the steps wait for one another");
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

/** The steps, each followed by those in its branches, recursively. */
export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => {
    const { IfSteps = [], ElseSteps = [] } = step.Arguments as { IfSteps?: Step[]; ElseSteps?: Step[] };
    return [step, ...allSteps(IfSteps), ...allSteps(ElseSteps)];
  });
}
