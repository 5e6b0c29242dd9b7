// The text of `docs/policy.md`: tables of all rules with their controls, and of all exceptions. `npm run docs` writes it.

import { join } from "node:path";
import { type Exception, readExceptions } from "./exceptions";
import { pack } from "./pack";

export const documentFile = join(__dirname, "../docs/policy.md");

const intro = `# Policy

<!-- Written by npm run docs; a test fails when it is stale. -->

The requirements on the resource graph, one rule each: \`policy/rules/<subject>/<rule>.ts\` contains the check, its severity and its controls. The same rules run
in three places: \`pulumi preview --policy-pack policy\` (and \`pulumi up\`), \`npm test\` on every combination of the
switches, and the preview of a pull request. Controls are ids of AWS Foundational Security Best Practices, of OWASP's API
Security Top 10 (2023: \`API1\` to \`API10\`), or this project's own (\`OWN.*\`).

If a rule needs a value that is known only after deployment, it reports that and does not pass: in a preview as a warning
(\`known-before-deployment\`), because a first preview knows few ids. The \`pulumi up\` that follows runs the pack on every
value, and fails on a violation.
`;

const exceptionsIntro = `## Exceptions

Each deliberate exception to a rule is listed in \`policy/exceptions.yaml\` with its reason and a review date, at most two years
ahead. From that date on the exception no longer applies: previews and CI fail. \`npm test\`, which uses a fixed date, only warns.
`;

/** The document's text. */
export function policyDocument(exceptions: readonly Exception[] = readExceptions()): string {
  const rules = pack.map((rule) => [
    `\`${rule.name}\``,
    rule.description,
    rule.controls.join(", "),
    rule.severity,
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

/** `aws:lambda/function:Function` → `lambda.Function`; `*` → `every resource`. */
function shortType(type: string): string {
  if (type === "*") return "every resource";
  const [provider = "", module = "", name = ""] = type.split(":");
  const service = module.split("/")[0]!;
  if (provider === "pulumi" || provider === "model-serving") return type;
  return `${provider === "aws" ? "" : `${provider}.`}${service === "index" ? "" : `${service}.`}${name}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}
