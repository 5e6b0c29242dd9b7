// The text of `docs/policy.md`: tables of all rules with their controls, of all exceptions, and of what the rules do not see. `npm run docs` writes it.

import { join } from "node:path";
import { type Exception, readExceptions } from "./exceptions";
import { pack } from "./pack";
import { readUnnoticed } from "./unnoticed";

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

const unnoticedIntro = `## What no rule sees

\`npm run test:mutation\` makes prod's graph weaker in every way that it knows, one property at a time (deleted, flipped, raised, another account's, allowed to everybody),
and counts how many of these mutants the pack and the access matrix notice by themselves. They must notice at least 95 %, and of each resource type no fewer than before. These
remain, each for its reason (\`policy/unnoticed.yaml\`).
`;

const decisionsIntro = "## What scanners ask for, and this program leaves out\n";

/** Decided once: what a scanner reports, and why it stays as it is. */
const decisions: readonly (readonly [what: string, why: string])[] = [
  [
    "A dead-letter queue or a destination for the publisher, which is invoked asynchronously",
    "Lambda tries twice more, and an alarm tells of each failure (publication-failed). What failed is an approval, which the registry keeps: to approve the model package again, or \`npm run live\`, publishes it. A queue would hold events that nobody reads, and would be one more place to protect.",
  ],
  [
    "A customer-managed key for the disks of endpoints whose instances have their own (GPUs)",
    "The key of an endpoint's configuration does not encrypt disks of the instance itself, and AWS refused a configuration that names one; their hardware encrypts them, and what they held is gone with the instance (endpoint-disks-are-encrypted-by-our-key).",
  ],
  [
    "A cache for the stages of the REST APIs",
    "Predictions are POST requests, which API Gateway does not cache by their bodies: a cache would answer one caller with the answer to another, or never. It also costs by the hour.",
  ],
  [
    "A client certificate for the stages of the REST APIs",
    "API Gateway presents it to HTTP backends. Here it invokes Lambda functions, which IAM permissions let it do for its own API alone (function-is-invoked-by-named-callers).",
  ],
  [
    "Event notifications for the buckets",
    "Nothing here waits for an object: an approval starts the publication, and the model function looks at its pointer by itself. Who wrote what is in the access logs, and every version is kept.",
  ],
  [
    "Users, passwords, a second factor and threat protection for the user pool",
    "The pool has no users, and none can be made by signing up: it gives tokens to applications (client credentials) alone. The rules for pools that people sign in to apply as soon as a client allows another flow.",
  ],
];

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
  const unnoticed = readUnnoticed().map(({ type, property, reason }) => [
    shortType(type),
    property === "" ? "the resource itself" : `\`${property}\``,
    reason,
  ]);
  return [
    intro,
    table(["Rule", "Requirement", "Controls", "Severity", "Looks at"], rules),
    exceptionsIntro,
    table(["Rule", "Resource", "Stack", "Reason", "Review by"], excepted),
    unnoticedIntro,
    table(["Resource type", "Property", "Reason"], unnoticed),
    decisionsIntro,
    table(["What", "Why it stays as it is"], decisions),
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
