// The matrix as Markdown, for review: one line per route, so that a dropped scope or an opened route changes one line.

import type { Api } from "./apis";
import { addressOf, type Findings, findingsOf } from "./findings";
import type { Cell, Matrix } from "./matrix";
import { requirementsLabel, endpointLabel, clientLabel, meaningsOf, networksLabel, tokensLabel } from "./labels";

/**
 * Ends without a line break.
 * @param set settings that override the stack's, to be named in the introduction
 */
export function markdown(matrix: Matrix, set: Readonly<Record<string, unknown>> = {}): string {
  const findings = findingsOf(matrix);
  const columns = [...new Set(matrix.cells.map(({ credential }) => credential.name))];
  return [
    `# Who may call: stack \`${matrix.stack}\``,
    "The status that every route answers to every credential, derived from the program's resource graph. Written by",
    "`npm run access-matrix -- --write`; a test compares it with the graph, and another sends each call to the local run.",
    ...(matrix.examples.length === 0
      ? []
      : [`Example values stand in for ${matrix.examples.map((key) => `\`${key}\``).join(", ")}.`]),
    ...Object.entries(set).map(([key, value]) => `\nWith \`${key}\` set to \`${JSON.stringify(value)}\`.`),
    "",
    ...warnings(findings),
    ...matrix.apis.flatMap((api) => section(api, matrix.cells)),
    ...(matrix.permissions.length === 0 ? [] : policies(matrix)),
    ...legend(columns),
  ]
    .join("\n")
    .trimEnd();
}

function warnings(found: Findings): string[] {
  const lines = [
    warning("ANYONE CAN CALL", found.openToAnyone),
    warning("REACHABLE FROM ANY NETWORK, though only some are allowed", found.aroundNetworks),
    warning("NOBODY CAN CALL, with any credential", found.closedToAll),
    warning("AN IAM POLICY ALLOWS MORE than calling the existing routes", found.tooWide),
    warning("CORS preflights that API Gateway answers by itself, to anyone", found.preflights),
  ].flat();
  const closed = found.openToAnyone.length === 0 ? ["No route accepts a call without credentials.", ""] : [];
  return [...closed, ...lines];
}

function warning(what: string, where: readonly string[]): string[] {
  return where.length === 0 ? [] : [`> **${what}:**`, ...where.map((each) => `> - ${each}`), ""];
}

function section(api: Api, cells: readonly Cell[]): string[] {
  const issuers = [
    ...new Set(api.routes.map(({ requirements }) => tokensLabel(requirements)).filter((text) => text !== undefined)),
  ];
  return [
    `## ${api.name} (${api.kind} API, stage \`${api.stage}\`)`,
    "",
    ...issuers.flatMap((text) => [`It accepts ${text}.`, ""]),
    ...(api.policy?.networks === undefined ? [] : [`It accepts calls only from ${networksLabel(api)}.`, ""]),
    ...(api.clients === undefined ? [] : ["Only these clients may call models:", ""]),
    ...(api.clients ?? []).map((client) => `- ${clientLabel(client)}`),
    ...((api.clients ?? []).length === 0 ? [] : [""]),
    ...api.endpoints.flatMap((endpoint) => [
      `### ${api.name}: ${addressOf(endpoint)}`,
      "",
      `${endpointLabel(endpoint)}.`,
      "",
      ...table(cells.filter((cell) => cell.api === api && cell.endpoint === endpoint)),
      "",
    ]),
  ];
}

function table(cells: readonly Cell[]): string[] {
  const columns = columnsOf(cells);
  const target = ({ location, method, path }: Cell) => `${location} ${method} ${path}`;
  const rows = [...new Set(cells.map(target))].map((wanted) => {
    const row = cells.filter((cell) => target(cell) === wanted);
    const { location, method, path, route } = row[0]!;
    const status = (name: string) => row.find(({ credential }) => credential.name === name)?.status ?? "";
    return [
      `${method} ${path}`,
      location === "route" ? requirementsLabel(route!.requirements) : location,
      ...columns.map(({ credential }) => String(status(credential))),
    ];
  });
  return aligned([["route", "requires", ...columns.map(({ title }) => title)], ...rows]);
}

interface Column {
  readonly title: string;
  /** Name of the credential whose statuses it shows. */
  readonly credential: string;
}

/** Up to this many clients with the same statuses keep columns of their own. */
const apart = 3;

const ofClient = /^client [^,]+/;

/**
 * One column for each credential, except that listed clients with the same statuses on every route share one, so that a
 * table stays readable with many clients; the section above it names them all.
 * @returns from left to right; `all right` is the last
 */
function columnsOf(cells: readonly Cell[]): Column[] {
  const names = [...new Set(cells.map(({ credential }) => credential.name))];
  const last = names.indexOf("all right");
  if (last !== -1) names.push(...names.splice(last, 1));
  const alike = new Map<string, string[]>();
  for (const name of names.filter((each) => ofClient.test(each))) {
    const statuses = cells
      .filter(({ credential }) => credential.name === name)
      .map(({ location, method, path, status }) => [location, method, path, status]);
    const key = JSON.stringify([name.replace(ofClient, ""), statuses]);
    alike.set(key, [...(alike.get(key) ?? []), name]);
  }
  const shared = [...alike.values()].filter((group) => group.length > apart);
  return names.flatMap((credential): Column[] => {
    const group = shared.find((one) => one.includes(credential));
    if (group === undefined) return [{ title: credential, credential }];
    if (group[0] !== credential) return [];
    return [{ title: credential.replace(ofClient, (client) => `${client} and ${group.length - 1} more`), credential }];
  });
}

function policies({ permissions, apis }: Matrix): string[] {
  const count = (api: Api, routes: readonly string[]) =>
    routes.filter((route) => route.startsWith(`${api.name}: `)).length;
  const rows = permissions.map(({ policy, forCallers, routes, beyond }) => [
    policy,
    forCallers ? "callers to whom it is attached" : "a role of the program",
    apis.map((api) => `${api.name} ${count(api, routes)} of ${api.routes.length}`).join(", "),
    beyond.length === 0 ? "nothing" : `**${beyond.join("; ")}**`,
  ]);
  return [
    "## IAM policies that allow calling",
    "",
    ...aligned([["policy", "for", "routes that it allows", "what else it allows"], ...rows]),
    "",
  ];
}

function legend(columns: readonly string[]): string[] {
  return [
    "## Credentials",
    "",
    "Each column is one credential; the parts that it does not name are correct. `no answer`: the connection is closed.",
    "",
    ...meaningsOf(columns).map(([name, meaning]) => `- **${name}**: ${meaning}`),
  ];
}

/** A table whose columns are aligned in plain text too. The first row is the header. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(" | ")} |`;
  const [head, ...body] = rows;
  return [line(head!), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
}
