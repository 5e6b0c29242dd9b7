// The report as Markdown, for a pull request comment. Values, routes and messages from a version under review are put
// into one-line code spans, so that they cannot inject Markdown.

import type { AccessChange } from "../compare/access";
import { code, values } from "./code";
import type { PropertyChange } from "../compare/differences";
import { type FindingChange, placeOf } from "../compare/findings";
import type { Report, StackReport } from "../compare/report";
import { resourcesLines } from "./resource-lines";

/** Ends without a line break. */
export function markdown(report: Report): string {
  const stacks = Object.entries(report.stacks);
  const lines = [
    `# Preview: ${code(report.head)} against ${code(report.base)}`,
    "",
    ...headline(report),
    ...section("## Exceptions to the policy", report.exceptions.map(property)),
    ...stacks.flatMap(([name, stack]) => stackLines(name, stack)),
    // After what decides a review: these can be many, and a comment is cut at its end.
    ...section("## Settings of the project", report.declared.map(property)),
    ...stacks.flatMap(([name, { resources, outputs }]) => [
      ...section(`## Resources of ${code(name)}`, resourcesLines(resources)),
      ...section(`## Outputs of ${code(name)}`, outputs.map(property)),
    ]),
  ];
  return lines.join("\n").trimEnd();
}

/** Files that the headline names. */
const mostJudges = 20;

function headline({ failures, loosened, before, judges, stacks }: Report): string[] {
  const listed = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`**${title}:**`, "", ...lines.map((line) => `* ${code(line)}`), ""];
  const lines = [
    ...listed("Do not merge this as it is", failures),
    ...listed("This change lets more callers in", loosened),
    ...listed("Before this is deployed", before),
  ];
  if (judges.length > 0) {
    const more = judges.length > mostJudges ? ` and ${judges.length - mostJudges} more` : "";
    const files = judges.slice(0, mostJudges).map(code).join(", ");
    lines.push(`**This change also changes what judges it:** ${files}${more}`, "");
  }
  if (failures.length + loosened.length + before.length > 0) return lines;
  const whole = Object.values(stacks).every(({ faults }) => faults.length === 0);
  const rest = "nothing lets more callers in, the policy pack finds no error, and nothing that holds data is deleted.";
  const start = !whole
    ? "Not everything could be compared. In what could be,"
    : judges.length > 0
      ? "By the rules that this preview runs,"
      : "No objection:";
  return [...lines, `${start} ${rest}`, ""];
}

function stackLines(name: string, stack: StackReport): string[] {
  const { op, faults, settings, resources, outputs, access, surroundings, findings } = stack;
  const below = resources.length + outputs.length;
  const lines = [
    ...(faults.length === 0 ? [] : ["Not compared:", "", ...faults.map((line) => `* ${code(line)}`), ""]),
    ...section("### Who may call", [
      ...[...access].sort((a, b) => Number(b.loosened) - Number(a.loosened)).map(accessLine),
      ...surroundings.map(({ op, line, loosened }) => `* ${marked(loosened)}${code(`${op}: ${line}`)}`),
    ]),
    ...section("### Policy", findings.map(findingLine)),
    ...section("### Settings of the stack", settings.map(property)),
    ...(below === 0 ? [] : [`Changed resources and outputs: ${below}, listed below.`, ""]),
  ];
  return [
    `## Stack ${code(name)}${op === "kept" ? "" : `: ${op}`}`,
    "",
    ...(lines.length === 0 ? ["No change.", ""] : lines),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, "", ...lines, ""];
}

function accessLine({ route, op, asks, cells, loosened }: AccessChange): string {
  const wants = asks === undefined ? "" : `; asks for ${code(asks.before ?? "—")} → ${code(asks.after ?? "—")}`;
  const shown = op === "changed" ? cells : cells.filter(({ credential }) => /^(nothing|all right)$/.test(credential));
  const statuses = shown.map(({ credential, before, after }) =>
    code(`${credential} ${before ?? "—"} → ${after ?? "—"}`),
  );
  return `* ${marked(loosened)}${op} ${code(route)}${wants}: ${statuses.join(", ")}`;
}

function marked(loosened: boolean): string {
  return loosened ? "**LETS MORE CALLERS IN**: " : "";
}

function findingLine(finding: FindingChange): string {
  const { op, rule, severity, message, status, before, reason } = finding;
  const standing = before === undefined ? status : `${before} → ${status}`;
  return `* ${op} (${code(`${standing}, ${severity}`)}) ${code(rule)}: ${code(placeOf(finding))}: ${code(message)}${reason === undefined ? "" : `; ${code(reason)}`}`;
}

function property(change: PropertyChange): string {
  return `* ${values(change)}`;
}
