// Whoever reads a secret without being one of its readers has got around its policy, or changed it.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html (read-only management events)

import type { Resource } from "../../../graph/resource";
import { at, list, parse, record, text, texts } from "../../queries/read";
import { type Rule, violation } from "../../queries/rule";
import type { View } from "../../queries/view";
import { rotationsOf, secretType } from "./rotations";

export const secretReadsAreWatched: Rule = {
  name: "secret-reads-are-watched",
  description: "An EventBridge rule tells a topic of reads of a secret, and of attempts to read it.",
  severity: "low",
  controls: ["OWN.SecretReaders"],
  types: [secretType],
  check: (secret, view) => {
    const watched = view
      .ofType("aws:cloudwatch/eventRule:EventRule")
      .some((rule) => watches(rule, text(secret.outputs.name)) && notifies(rule, view));
    // Without a rotation nothing of this program fills the secret. An exception can be limited to this case by its `about`.
    const about = rotationsOf(secret, view).length === 0 ? "no rotation" : "";
    return watched ? [] : [violation("no rule on GetSecretValue names the secret and notifies a topic", about)];
  },
};

function watches({ inputs }: Resource, secret: string): boolean {
  if ((inputs.eventPattern ?? "") === "") return false;
  const { source, detail, ...pattern } = parse(inputs.eventPattern, "eventPattern");
  return (
    // EventBridge delivers read-only events only in this state.
    inputs.state === "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" &&
    texts(source).includes("aws.secretsmanager") &&
    texts(pattern["detail-type"]).includes("AWS API Call via CloudTrail") &&
    texts(at(detail, "eventSource")).every((name) => name === "secretsmanager.amazonaws.com") &&
    texts(at(detail, "eventName")).includes("GetSecretValue") &&
    // A call that was denied has no parameters: the secret stands in its message.
    ["requestParameters", "errorMessage"].every((key) => isAbout(detail, key, secret))
  );
}

/** Whether a part of the pattern names the secret; also, if nothing in it limits which secret. */
function isAbout(detail: unknown, key: string, secret: string): boolean {
  const alternatives = list(at(detail, "$or"));
  const limits = [detail, ...alternatives].map((part) => record(part)[key]).filter((part) => part !== undefined);
  return (
    limits.some((part) => JSON.stringify(part).includes(secret)) || (alternatives.length === 0 && limits.length === 0)
  );
}

function notifies(rule: Resource, view: View): boolean {
  return view
    .pointingAt(rule, "aws:cloudwatch/eventTarget:EventTarget", "rule")
    .some(({ inputs }) => /^arn:[\w-]+:sns:/.test(text(inputs.arn)));
}
