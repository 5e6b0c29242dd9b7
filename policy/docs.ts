// `docs/policy.md`: every rule, why it is asked for, and every exception, as tables. Run it to write the file.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Exception, readExceptions } from "./exceptions";
import { pack } from "./pack";

export const documentFile = join(__dirname, "../docs/policy.md");

const intro = `# Policy

<!-- Written by policy/docs.ts; a test fails when it is stale. -->

What the resource graph must show, rule by rule: \`policy/rules/<rule>.ts\` says how, \`policy/pack.ts\` why. The same rules run
in three places: \`pulumi preview --policy-pack policy\` (and \`pulumi up\`), \`npm test\` on every combination of the
switches, and the preview of a pull request. Controls are ids of AWS Foundational Security Best Practices, of OWASP's API
Security Top 10 (2023: \`API1\` to \`API10\`), or this project's own (\`OWN.*\`).

A rule that reads a value which only the deployment reveals reports that, and passes nothing: in a preview as a warning
(\`known-before-deployment\`), since a first preview knows few ids; the \`pulumi up\` that follows runs the pack on every
value, and fails.
`;

const exceptionsIntro = `## Exceptions

A decision not to meet a rule stands in \`policy/exceptions.yaml\` with its reason and the day by which it must be looked at
again. From that day on it counts no more: previews and CI fail, and \`npm test\`, which judges by a fixed date, warns.
`;

/** The document's text. */
export function policyDocument(exceptions: readonly Exception[] = readExceptions()): string {
  const rules = pack.map(({ rule, severity, controls }) => [
    `\`${rule.name}\``,
    rule.says,
    controls.join(", "),
    severity,
    rule.types.map(shortType).join(", "),
  ]);
  const excepted = exceptions.map(({ rule, resource, about, stack, reason, review }) => [
    `\`${rule}\``,
    `\`${resource.split("::")[1]!}\`${about === undefined ? "" : ` (${about})`}`,
    stack ?? "every",
    reason,
    review,
  ]);
  return [
    intro,
    table(["Rule", "Requirement", "Controls", "Severity", "Looks at"], rules),
    exceptionsIntro,
    table(["Rule", "Resource", "Stack", "Reason", "Review by"], excepted),
  ].join("\n");
}

/** `aws:lambda/function:Function` → `lambda.Function`. */
function shortType(type: string): string {
  const [provider = "", module = "", name = ""] = type.split(":");
  const service = module.split("/")[0]!;
  if (provider === "pulumi" || provider === "model-serving") return type;
  return `${provider === "aws" ? "" : `${provider}.`}${service === "index" ? "" : `${service}.`}${name}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

if (process.argv[1] === __filename) writeFileSync(documentFile, policyDocument());
