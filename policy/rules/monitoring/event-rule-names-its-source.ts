// A rule that matches any source starts its target on whatever somebody puts on the bus; only AWS can send events from `aws.…`.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html

import { at, parse, texts } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const eventRuleNamesItsSource: Rule = {
  name: "event-rule-names-its-source",
  description: "An EventBridge rule names the services of AWS, the kinds of events and the details that it matches.",
  severity: "medium",
  controls: ["OWN.EventSource", "API8"],
  types: ["aws:cloudwatch/eventRule:EventRule"],
  check: ({ inputs }) => {
    if ((inputs.eventPattern ?? "") === "") return undefined;
    const pattern = parse(inputs.eventPattern, "eventPattern");
    const sources = texts(pattern.source);
    return unmet({
      "source is not a service of AWS": sources.length > 0 && sources.every((name) => name.startsWith("aws.")),
      "detail-type is not set": texts(pattern["detail-type"]).filter(Boolean).length > 0,
      "detail is not set": Object.keys(at(pattern, "detail") ?? {}).length > 0,
    });
  },
};
