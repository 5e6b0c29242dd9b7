// An intrusion is found months after it began; logs without an end cost for ever.

import { amount } from "../read";
import { type Rule, unmet } from "../rule";

export const logsAreKeptAYear: Rule = {
  name: "logs-are-kept-a-year",
  says: "A log group keeps its events for at least 365 days, and not forever.",
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  // 0 is CloudWatch's way of saying for ever.
  check: ({ inputs }) => unmet({ "retentionInDays is under 365, or none": amount(inputs.retentionInDays) >= 365 }),
};
