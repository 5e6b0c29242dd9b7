// The steps of a definition: in the order in which they can run, and all of them, those inside conditions too.

import type { Step } from "./definition";
import { ExecutionFailed } from "./expressions";

/** Steps in an order in which each finds what it asks of others. @throws ExecutionFailed where there is none */
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

export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => {
    const { IfSteps = [], ElseSteps = [] } = step.Arguments as { IfSteps?: Step[]; ElseSteps?: Step[] };
    return [step, ...allSteps(IfSteps), ...allSteps(ElseSteps)];
  });
}
