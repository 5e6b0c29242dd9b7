// The text of docs/conformance.md: how the local run's answers compare with AWS's, case by case. `npm run docs` writes it.

import { join } from "node:path";
import { type ApiKind, apiKinds, type Area, type Case, grades, readAreas } from "./case";

export const documentFile = join(__dirname, "../docs/conformance.md");

const kindNames: Readonly<Record<ApiKind, string>> = {
  rest: "REST API",
  http: "HTTP API",
  lambda: "Lambda's Invoke",
  "create-rest": "making a REST API",
  "create-http": "making an HTTP API",
};

/** What nobody has recorded, as far as we found: an answer of the local run there is our reading of AWS's documents. */
const unrecorded = [
  "the bodies of a Cognito authorizer's refusals",
  "the answers behind mutual TLS beyond the handshake",
  "base path mappings with several levels",
  "the status and body beyond the limit of all headers together",
];

export interface Count {
  readonly cases: number;
  readonly equal: number;
  /** Cases of features that the start of the local run refuses, naming them, because the program does not use them. */
  readonly refused: number;
}

/** Number of cases, and of those that the local run answers as AWS does. */
export function countOf(areas: readonly Area[] = readAreas()): Count {
  const all = areas.flatMap(({ cases }) => cases);
  const refused = all.filter(({ differs }) => differs?.startsWith("the start refuses") === true).length;
  return { cases: all.length, equal: all.filter(isEqual).length, refused };
}

function isEqual({ differs }: Case): boolean {
  return differs === undefined;
}

export function conformanceDocument(areas: readonly Area[] = readAreas()): string {
  const all = areas.flatMap(({ cases }) => cases);
  const { cases, equal, refused } = countOf(areas);
  const counts = apiKinds.map((kind) => {
    const own = all.filter(({ api }) => api === kind);
    const byGrade = grades.map((grade) => own.filter(({ evidence }) => evidence.grade === grade).length);
    return `| ${kindNames[kind]} | ${byGrade.join(" | ")} | ${own.length} | ${own.filter(isEqual).length} |`;
  });
  const different = areas.flatMap((area) =>
    area.cases.filter((each) => !isEqual(each)).map((each) => ({ area, each })),
  );
  return [
    "# Conformance",
    "",
    `Of ${cases} answers that others recorded on AWS, measured there, or that AWS documents, the local run gives ${equal} alike (${percent(equal, cases)} %). ${refused} more are of features that it does not`,
    `serve: its start refuses them, naming them. Of the ${cases - refused} that are served, ${percent(equal, cases - refused)} % are equal. Each is served through the`,
    "gateway of `npm start` over HTTPS, with functions in their own processes, and compared strictly. The tests fail if a case without a reason differs, and if one with a reason no longer does.",
    "The cases are in `conformance/cases/`; `npm run docs` writes this page from them.",
    "",
    `| | ${grades.join(" | ")} | cases | equal |`,
    `| --- | ${grades.map(() => "---").join(" | ")} | --- | --- |`,
    ...counts,
    "",
    "Recorded: by a test suite that validates its expectations on AWS. Measured: somebody shows the answer that AWS gave. Documented: AWS's pages say so. Thread: a forum or issue shows it.",
    "",
    `Nobody's recording was found for ${unrecorded.join("; ")}. There the local run follows AWS's documents, and the stricter reading where they leave a choice.`,
    "",
    "## Known differences",
    "",
    "| case | why |",
    "| --- | --- |",
    ...different.map(({ area, each }) => `| ${cell(area.area)}: ${cell(each.name)} | ${cell(each.differs!)} |`),
    "",
    "## Every case",
    ...areas.flatMap(({ area, cases: own }) => [
      "",
      `### ${area}`,
      "",
      "| case | evidence | equal |",
      "| --- | --- | --- |",
      ...own.map(
        (each) =>
          `| ${cell(each.name)} | [${each.evidence.grade}](${each.evidence.source}), ${each.evidence.date}${each.endpoint === null ? "" : `, ${each.endpoint}`} | ${isEqual(each) ? "yes" : "no"} |`,
      ),
    ]),
    "",
  ].join("\n");
}

/** Never rounded up: 100 means all. */
function percent(part: number, whole: number): string {
  return (Math.floor((part / whole) * 1000) / 10).toFixed(1).replace(/\.0$/, "");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
