// What does not matter for security, of logs, alarms, rules and topics: see irrelevance.ts.

import { fails, type Irrelevant } from "./row";

export const watching: readonly Irrelevant[] = [
  // CloudWatch, EventBridge
  { type: /Dashboard$/, why: "it shows, and decides nothing" },
  {
    type: /LogGroup$/,
    path: /^(name|retentionInDays)$/,
    kinds: /^(deleted|raised|reference)$/,
    why: "whoever writes to the group follows its name, or is a rule's matter; more days keep more",
  },
  { type: /LogMetricFilter$/, path: /(defaultValue|unit)$/, why: "how the metric is drawn" },
  {
    type: /MetricAlarm$/,
    path: /^(okActions|evaluateLowSampleCountPercentiles|treatMissingData|name)/,
    kinds: /^(?!account)/,
    why: "the end of an alarm, its name, and hours without calls",
  },
  {
    type: /MetricAlarm$/,
    path: /^(comparisonOperator|evaluationPeriods|period|statistic)$|metric\.(period|stat)$/,
    why: "CloudWatch refuses an alarm without it, with none, or over more than a week",
  },
  { type: /MetricAlarm$/, path: /^threshold$/, kinds: /^zero$/, why: "it rings at once" },
  {
    type: /MetricAlarm$/,
    name: /(latency|canary|concurrency|model-function|execution-failed|publication-failed)/,
    path: /^(?!.*Actions)|^$/,
    why: "speed and availability: nobody is let in while it is silent",
  },
  {
    type: /MetricAlarm$/,
    name: /-errors$|-throttles$/,
    path: /^(threshold|$)/,
    why: "failures and capacity: who is refused is the alarm on denials",
  },
  {
    type: /EventRule$|EventTarget$/,
    name: /canary|sweep/,
    path: /^(?!arn)/,
    why: "measures, and tidies keys that are past their overlap: the alarm on a key that is too old tells of it",
  },
  { type: /EventTarget$/, path: /^$/, name: /approved/, why: fails },
  { type: /EventRule$/, path: /^$/, name: /approved/, why: fails },
  {
    type: /EventRule$/,
    path: /^eventPattern$/,
    kinds: /^deleted$/,
    why: "EventBridge refuses a rule without a pattern and without a schedule",
  },
  { type: /MetricAlarm$/, path: /^alarmActions\.\d+$/, kinds: /^deleted$/, why: "its other action is left" },
  { type: /LogResourcePolicy$/, path: /^(|policyDocument|policyDocument\.Statement|policyName)$/, why: fails },
  {
    type: /EventRule$/,
    path: /^eventPattern\.detail\.(\$or$|userIdentity\b|eventSource$)/,
    kinds: /^(?!account)/,
    why: "it tells of more reads: the readers' own, those of other secrets, and by a name that only Secrets Manager has",
  },

  // SNS
  {
    type: /sns\/topicSubscription:/,
    path: /^(|protocol|endpoint)$/,
    why: "who is told is a setting; an address may be subscribed by hand",
  },
  { type: /sns\/topic:/, path: /^$/, kinds: /^dropped$/, why: fails },
];
