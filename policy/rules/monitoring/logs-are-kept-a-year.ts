// Intrusions are often found months after they began; but logs that never expire cost money for ever.

import { amount } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const logsAreKeptAYear: Rule = {
  name: "logs-are-kept-a-year",
  description: "A log group keeps its events for at least 365 days, and not forever.",
  severity: "medium",
  controls: ["CloudWatch.16"],
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  // In CloudWatch 0 means for ever.
  check: ({ inputs }) => unmet({ "retentionInDays is under 365, or none": amount(inputs.retentionInDays) >= 365 }),
};
