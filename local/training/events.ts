// Stands in for EventBridge: an event goes to the targets of the rules that it matches, where the target lets the rule in.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

import { type Graph, ofType } from "../../graph/resource";
import type { Functions, Invocation } from "../functions/functions";
import { Unenforceable } from "../gateway/unenforceable";

/** Milliseconds that a target may take. */
const timeoutMs = 180_000;

/**
 * Delivers an event, twice: the service promises once at least, and what cannot bear twice must show it here.
 * @returns how each invocation ended; none where no rule matches
 * @throws Unenforceable for a rule that matches by more than equal values
 */
export async function deliver(
  graph: Graph,
  event: Readonly<Record<string, unknown>>,
  functions: Functions,
): Promise<Invocation[]> {
  const outcomes: Invocation[] = [];
  for (const target of targetsOf(graph, event)) {
    for (let time = 0; time < 2; time++) outcomes.push(await functions.invoke(target, event, { timeoutMs }));
  }
  return outcomes;
}

function targetsOf(graph: Graph, event: Readonly<Record<string, unknown>>): string[] {
  return ofType(graph, "aws:cloudwatch/eventRule:EventRule")
    .filter(({ inputs, urn }) => {
      if (typeof inputs.eventPattern !== "string") return false; // A schedule.
      const pattern = JSON.parse(inputs.eventPattern) as Record<string, unknown>;
      // Rules about other services need not be understood to be passed over.
      if (!list(pattern.source).includes(event.source)) return false;
      return matches(pattern, event, urn);
    })
    .flatMap((rule) =>
      ofType(graph, "aws:cloudwatch/eventTarget:EventTarget")
        .filter(({ inputs }) => inputs.rule === rule.outputs.name)
        .map(({ inputs }) => String(inputs.arn))
        .filter((arn) => isAllowed(graph, arn, String(rule.outputs.arn))),
    );
}

function isAllowed(graph: Graph, target: string, ruleArn: string): boolean {
  return ofType(graph, "aws:lambda/permission:Permission").some(
    ({ inputs }) =>
      inputs.principal === "events.amazonaws.com" &&
      inputs.sourceArn === ruleArn &&
      target.endsWith(`:function:${String(inputs.function)}:${String(inputs.qualifier)}`),
  );
}

/** Every field of the pattern lists the values that it takes. */
function matches(pattern: Readonly<Record<string, unknown>>, event: unknown, urn: string): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const given = (event as Record<string, unknown> | undefined)?.[key];
    if (Array.isArray(wanted)) {
      if (!wanted.every((value) => typeof value === "string")) {
        throw new Unenforceable(`${urn}: eventPattern`, "only equal texts are compared here");
      }
      return (wanted as unknown[]).includes(given);
    }
    return matches(wanted as Record<string, unknown>, given, urn);
  });
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
