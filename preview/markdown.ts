// The report as Markdown, for a pull request comment. Values, routes and messages from a version under review are put
// into one-line code spans, so that they cannot inject Markdown.

import type { AccessChange } from "./compare/access";
import type { PropertyChange } from "./compare/differences";
import { type FindingChange, subjectOf } from "./compare/policy-changes";
import type { Report, StackReport } from "./compare/report";
import type { ResourceChange } from "./compare/resources";

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
const mostReviewed = 20;

function headline({ failures, widened: widened, before, reviewed: reviewed, stacks }: Report): string[] {
  const listed = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`**${title}:**`, "", ...lines.map((line) => `* ${code(line)}`), ""];
  const lines = [
    ...listed("Do not merge this as it is", failures),
    ...listed("This change lets more callers in", widened),
    ...listed("Before this is deployed", before),
  ];
  if (reviewed.length > 0) {
    const more = reviewed.length > mostReviewed ? ` and ${reviewed.length - mostReviewed} more` : "";
    const files = reviewed.slice(0, mostReviewed).map(code).join(", ");
    lines.push(`**This change also changes what checks it:** ${files}${more}`, "");
  }
  if (failures.length + widened.length + before.length > 0) return lines;
  const whole = Object.values(stacks).every(({ errors: errors }) => errors.length === 0);
  const rest = "nothing lets more callers in, the policy pack finds no error, and nothing that holds data is deleted.";
  const start = !whole
    ? "Not everything could be compared. In what could be,"
    : reviewed.length > 0
      ? "By the rules that this preview runs,"
      : "No objection:";
  return [...lines, `${start} ${rest}`, ""];
}

function stackLines(name: string, stack: StackReport): string[] {
  const { op, errors: errors, settings, resources, outputs, access, context: context, findings } = stack;
  const below = resources.length + outputs.length;
  const lines = [
    ...(errors.length === 0 ? [] : ["Not compared:", "", ...errors.map((line) => `* ${code(line)}`), ""]),
    ...section("### Who may call", [
      ...[...access].sort((a, b) => Number(b.widened) - Number(a.widened)).map(accessLine),
      ...context.map(({ op, line, widened: widened }) => `* ${marked(widened)}${code(`${op}: ${line}`)}`),
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

function accessLine({ route, op, requirements: requirements, cells, widened: widened }: AccessChange): string {
  const wants =
    requirements === undefined
      ? ""
      : `; asks for ${code(requirements.before ?? "—")} → ${code(requirements.after ?? "—")}`;
  const shown = op === "changed" ? cells : cells.filter(({ credential }) => /^(nothing|all right)$/.test(credential));
  const statuses = shown.map(({ credential, before, after }) =>
    code(`${credential} ${before ?? "—"} → ${after ?? "—"}`),
  );
  return `* ${marked(widened)}${op} ${code(route)}${wants}: ${statuses.join(", ")}`;
}

function marked(widened: boolean): string {
  return widened ? "**LETS MORE CALLERS IN**: " : "";
}

function findingLine(finding: FindingChange): string {
  const { op, rule, severity, message, status, before, reason } = finding;
  const standing = before === undefined ? status : `${before} → ${status}`;
  return `* ${op} (${code(`${standing}, ${severity}`)}) ${code(rule)}: ${code(subjectOf(finding))}: ${code(message)}${reason === undefined ? "" : `; ${code(reason)}`}`;
}

function property(change: PropertyChange): string {
  return `* ${values(change)}`;
}

/**
 * Puts any text safely into a code span: the fence is longer than any run of backticks in the text, and control characters,
 * line breaks, invisible characters and those that change the text direction become spaces.
 */
export function code(text: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, " ");
  const runs = [...clean.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const padded = clean.startsWith("`") || clean.endsWith("`") || clean.trim() === "" ? ` ${clean} ` : clean;
  return `${fence}${padded}${fence}`;
}

function values({ path, before, after }: PropertyChange): string {
  if (before === undefined) return `${code(path)} added ${code(after!)}`;
  if (after === undefined) return `${code(path)} removed ${code(before)}`;
  return `${code(path)} ${code(before)} → ${code(after)}`;
}

/** A resource that is added or removed together with its parent is listed in the parent's line. */
export function resourcesLines(resources: readonly ResourceChange[]): string[] {
  const wholes = new Map(resources.filter(isWhole).map((change) => [change.urn, change]));
  const inside = (change: ResourceChange) => isWhole(change) && wholes.get(change.parent)?.op === change.op;
  return resources
    .filter((change) => !inside(change))
    .flatMap((change) => {
      const content = isWhole(change) ? below(change, resources.filter(inside)) : [];
      const [head, ...rest] = resourceLines(change);
      const listed = content.map(({ name, type }) => `${code(name)} (${kind(type)})`).join(", ");
      const warning = content.some(failing)
        ? ", **of which some are protected: it will fail while protectData is true**"
        : "";
      const granted = content.flatMap((child) =>
        child.changes.map((each) => `  * ${code(child.name)}: ${values(each)}`),
      );
      return [
        content.length === 0 ? head! : `${head!}, with ${content.length} in it${warning}: ${listed}`,
        ...rest,
        ...granted,
      ];
    });
}

function isWhole({ op }: ResourceChange): boolean {
  return op === "added" || op === "removed";
}

function below({ urn }: ResourceChange, all: readonly ResourceChange[]): ResourceChange[] {
  return all.filter(({ parent }) => parent === urn).flatMap((child) => [child, ...below(child, all)]);
}

function failing({ op, protected: isProtected }: ResourceChange): boolean {
  return isProtected && (op === "removed" || op === "replaced");
}

/** Last word of a type token: `Function` in `aws:lambda/function:Function`. A component of the version chooses its own token. */
function kind(type: string): string {
  return /\w+$/.exec(type)?.[0] ?? "?";
}

/** One line if a single property changed; otherwise a head line, and one below it for each property. */
function resourceLines(change: ResourceChange): string[] {
  const { op, type, name, changes, consequences } = change;
  const warning = failing(change) ? ", **which is protected: it will fail while protectData is true**" : "";
  const then = consequences.length === 0 ? "" : ` → ${code(consequences.join("; "))}`;
  const head = `* ${op} ${code(name)} (${kind(type)})${warning}`;
  if (changes.length === 1 && op !== "added") return [`${head}: ${values(changes[0]!)}${then}`];
  return [`${head}${then}`, ...changes.map((each) => `  * ${values(each)}`)];
}
