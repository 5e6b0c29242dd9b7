// A leak that nobody noticed ends with the next rotation.

import type { Resource } from "../../../graph/resource";
import { amount, at, text } from "../../queries/read";
import { rotatingFunction, rotationsOf, secretType } from "./rotations";
import { violation, type Rule, unmet } from "../../queries/rule";
import type { View } from "../../queries/view";

const longestDays = 90;

export const secretRotates: Rule = {
  name: "secret-rotates",
  description: "A secret is rotated by a function of this program, at least every 90 days.",
  severity: "medium",
  controls: ["SecretsManager.1", "SecretsManager.4"],
  types: [secretType],
  check: (secret, view) => {
    const rotations = rotationsOf(secret, view);
    // Without a usage plan no new key could be tried. An exception can be limited to this case by its `about`.
    const about = view.ofType("aws:apigateway/usagePlan:UsagePlan").length === 0 ? "no usage plan" : "";
    return rotations.length === 0
      ? [violation("the secret has no SecretRotation", about)]
      : rotations.flatMap((rotation) => unmetBy(rotation, view));
  },
};

function unmetBy(rotation: Resource, view: View) {
  const { inputs } = rotation;
  const rules = inputs.rotationRules;
  const schedule = text(at(rules, "scheduleExpression"));
  const days = schedule === "" ? amount(at(rules, "automaticallyAfterDays")) : daysOf(schedule);
  return unmet({
    "rotationLambdaArn names no function of this program": rotatingFunction(rotation, view) !== undefined,
    "rotationRules lets more than 90 days pass": days > 0 && days <= longestDays,
    "rotationEnabled is false": inputs.rotationEnabled !== false,
  });
}

/**
 * Upper bound in days of the time between two rotations, for `rate(4 hours)`, `rate(10 days)` or a cron expression; NaN
 * if it cannot be told. Of a cron expression only the month field counts: every month means within 31 days.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
function daysOf(schedule: string): number {
  const [, number, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(schedule) ?? [];
  if (number !== undefined) return Number(number) / (unit === "hour" ? 24 : 1);
  const fields = /^cron\((.+)\)$/.exec(schedule)?.[1]?.split(/\s+/) ?? [];
  const months = fields[3] ?? "";
  if (fields.length !== 6 || fields[5] !== "*") return Number.NaN;
  const step = /^(?:\*|1)\/(\d+)$/.exec(months)?.[1];
  return months === "*" ? 31 : step === undefined ? Number.NaN : Number(step) * 31 - 3;
}
