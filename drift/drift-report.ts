// The report of a look for drift, as Markdown for an issue: names of resources, properties and rules, and never a value.

import type { Drift, PolicyFinding } from "./engine-events";

export interface Found {
  readonly stack: string;
  readonly drift: readonly Drift[];
  readonly findings: readonly PolicyFinding[];
}

/** Whether somebody has to look at it. */
export function isDrift({ drift, findings }: Found): boolean {
  return drift.length > 0 || findings.some(({ mandatory }) => mandatory);
}

export function driftReport(found: Found): string {
  const { stack, drift, findings } = found;
  const violations = findings.filter(({ mandatory }) => mandatory);
  return [
    `## Stack \`${stack}\``,
    "",
    ...(isDrift(found) ? [] : ["What stands is what was last deployed, and violates no rule of the policy."]),
    ...list("Changed behind Pulumi's back; `pulumi up` puts it back:", drift.map(changed)),
    ...list(
      "What stands violates the policy:",
      violations.map(({ rule, name }) => `\`${rule}\`: ${name}`),
    ),
  ]
    .join("\n")
    .trimEnd();
}

function changed({ name, type, properties, gone }: Drift): string {
  // A path can end in a tag's key, which anyone may have chosen: it cannot leave its code span.
  const what = gone ? "**it is gone**" : properties.map((path) => `\`${path.replace(/[`\s]/g, "_")}\``).join(", ");
  return `${name} (\`${type}\`): ${what}`;
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, "", ...lines.map((line) => `- ${line}`), ""];
}
