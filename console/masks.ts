// Keeps credentials out of everything that the console sends: by their value, those of the run, and by the header that carries them,
// those of any caller.

import type { LocalRun } from "../local/run/run";

const mask = "•••";

/** Headers whose values are credentials. */
const secretHeaders = /^(authorization|proxy-authorization|x-api-key|cookie|set-cookie|x-amz-security-token)$/i;

export class Masks {
  private readonly values: ReadonlySet<string>;

  constructor(private readonly run: Pick<LocalRun, "credentials" | "apis" | "identities" | "aws">) {
    const found = new Set<string>();
    const { caller, stranger, foreigner } = run.identities;
    const operators = run.aws === undefined ? [] : [run.aws.operator, run.aws.role];
    for (const { secretAccessKey } of [caller, stranger, foreigner, ...operators]) found.add(secretAccessKey);
    for (const credentials of [run.credentials, ...run.apis.map((api) => api.credentials)]) {
      collect(credentials, found);
      for (const client of Object.values(credentials.clients ?? {})) collect(client, found);
    }
    this.values = found;
  }

  /** The text without the run's credentials, those that were rotated in the meantime among them. */
  of(text: string): string {
    let masked = text;
    for (const value of [...this.values, ...this.rotated()]) masked = masked.replaceAll(value, mask);
    return masked;
  }

  headers(headers: readonly (readonly [string, string])[]): [string, string][] {
    return headers.map(([name, value]) => [name, secretHeaders.test(name) ? withoutValue(value) : value]);
  }

  private rotated(): string[] {
    return this.run.aws?.store.all().map(({ value }) => value) ?? [];
  }
}

/** Fields of credentials that let somebody in. */
const secretFields = ["apiKey", "secretAccessKey", "token", "clientSecret"] as const;

function collect(credentials: object, found: Set<string>): void {
  for (const name of secretFields) {
    const value = (credentials as Readonly<Record<string, unknown>>)[name];
    if (typeof value === "string" && value !== "") found.add(value);
  }
}

/** Scheme and length, by which one recognizes what was sent. */
function withoutValue(value: string): string {
  const scheme = /^(Bearer|Basic|AWS4-HMAC-SHA256)\s/i.exec(value)?.[1];
  return `${scheme === undefined ? "" : `${scheme} `}${mask} (${value.length} characters)`;
}
