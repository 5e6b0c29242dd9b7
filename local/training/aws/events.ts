// Stand-in for EventBridge: an event goes to the targets of matching rules, if the target's permissions allow the rule.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

import { type Graph, ofType } from "../../../graph/resource";
import type { Functions, Invocation } from "../../functions/environments/invocation";
import { Unenforceable } from "../../base/unenforceable";

/** Longest duration of a target's invocation, in milliseconds. */
const timeoutMs = 180_000;

/**
 * Delivers an event twice to each target: EventBridge guarantees at-least-once delivery, so a target that is not
 * idempotent must fail here.
 * @returns the outcome of each invocation; empty if no rule matches, or no target allows the rule
 * @throws Unenforceable for a pattern that compares anything but equal strings
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
      // The source is checked first, so that rules for other services may use patterns that are not supported here.
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

/** In a pattern, each field is a list of accepted values, or an object of such fields. */
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
