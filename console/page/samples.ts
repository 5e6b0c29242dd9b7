// The call of a form as a command or a program. Credentials are never among it: it names the variables that hold them.

import type { CellView, OwnRequest } from "../wire";

export const languages = { curl: "curl", python: "Python", typescript: "TypeScript" } as const;
export type Language = keyof typeof languages;

/** @param ca path of the certificate to trust */
export function sampleOf(language: Language, url: string, cell: CellView, own: OwnRequest, ca: string): string {
  const headers: Record<string, string> = {
    ...(cell.method === "POST" ? own.headers : {}),
    ...(/API key/.test(cell.asks) ? { "x-api-key": "API_KEY" } : {}),
    ...(/token/.test(cell.asks) ? { authorization: "Bearer TOKEN" } : {}),
  };
  const body = cell.method === "POST" ? (own.text ?? "") : undefined;
  const signature = /IAM/.test(cell.asks)
    ? "Signed with Signature Version 4 for execute-api: see docs/local-run.md."
    : "";
  return { curl, python, typescript }[language](cell.method, url, headers, body, ca, signature);
}

type Sample = (
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
  ca: string,
  note: string,
) => string;

/** A header's value as its text, and the variable behind it that holds a credential. */
function partsOf(value: string): { before: string; variable: string | undefined } {
  const [, before = value, variable] = /^(.*?)(API_KEY|TOKEN)$/.exec(value) ?? [];
  return { before, variable };
}

/** A text for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const curl: Sample = (method, url, headers, body, ca, note) => {
  const given = Object.entries(headers).map(([name, value]) => {
    const { before, variable } = partsOf(value);
    return variable === undefined ? `-H ${quoted(`${name}: ${value}`)}` : `-H "${name}: ${before}$${variable}"`;
  });
  const data = body === undefined ? [] : [`--data-binary ${quoted(body)}`];
  const signed =
    note === ""
      ? []
      : [`--aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"`];
  return ["curl", `-X ${method}`, `--cacert ${quoted(ca)}`, ...signed, ...given, ...data, quoted(url)].join(" \\\n  ");
};

const python: Sample = (method, url, headers, body, ca, note) => {
  const given = Object.entries(headers).map(([name, value]) => {
    const { before, variable } = partsOf(value);
    const text = JSON.stringify(before);
    return `    ${JSON.stringify(name)}: ${variable === undefined ? text : `${text} + os.environ[${JSON.stringify(variable)}]`},`;
  });
  return [
    ...(note === "" ? [] : [`# ${note}`]),
    "import os, requests",
    "",
    "response = requests.request(",
    `    ${JSON.stringify(method)}, ${JSON.stringify(url)}, verify=${JSON.stringify(ca)},`,
    "    headers={",
    ...given.map((line) => `    ${line}`),
    "    },",
    ...(body === undefined ? [] : [`    data=${JSON.stringify(body)}.encode(),`]),
    ")",
    "print(response.status_code, response.text)",
  ].join("\n");
};

const typescript: Sample = (method, url, headers, body, ca, note) => {
  const given = Object.entries(headers).map(([name, value]) => {
    const { before, variable } = partsOf(value);
    const text = JSON.stringify(value);
    return `    ${JSON.stringify(name)}: ${variable === undefined ? text : `\`${before}\${process.env.${variable}}\``},`;
  });
  return [
    ...(note === "" ? [] : [`// ${note}`]),
    `// NODE_EXTRA_CA_CERTS=${ca}`,
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: ${JSON.stringify(method)},`,
    "  headers: {",
    ...given,
    "  },",
    ...(body === undefined ? [] : [`  body: ${JSON.stringify(body)},`]),
    "});",
    "console.log(response.status, await response.text());",
  ].join("\n");
};
