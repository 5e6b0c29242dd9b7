// The stack's settings: the only reader of pulumi.Config. Types and defaults stand in Pulumi.yaml; what a value may be
// stands here. All faults are reported at once, each with the command that cures it.

import * as pulumi from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";
import { fault } from "./parts/fault";

export const apiGatewayAuths = ["apiKey", "iam", "cognito", "lambda"] as const;
export const quotaPeriods = ["DAY", "WEEK", "MONTH"] as const;

/** Validated settings. Every key is declared in Pulumi.yaml under the same name. */
export interface Settings {
  readonly apiGateway: boolean;
  readonly auth0Authorizer: boolean;
  readonly httpApi: boolean;
  readonly secrets: boolean;
  readonly sagemaker: boolean;
  readonly awsRegion: string;
  readonly protectData: boolean;
  readonly modelsFolder: string;
  readonly defaultModel: string;
  readonly modelMemory: number;
  readonly modelConcurrency: number;
  readonly apiGatewayAuth: (typeof apiGatewayAuths)[number];
  readonly apiGatewayKeyRequired: boolean;
  readonly manageApiGatewayAccount: boolean;
  readonly apiRateLimit: number;
  readonly apiBurstLimit: number;
  readonly keyRateLimit: number;
  readonly keyBurstLimit: number;
  readonly keyQuota: number;
  readonly keyQuotaPeriod: (typeof quotaPeriods)[number];
  readonly corsOrigin: string;
  readonly tokenIssuer: string;
  readonly tokenAudience: string;
}

/**
 * Reads and validates the stack's settings.
 * @throws pulumi.RunError with a line for each fault: the key, what is wrong, and the command that cures it.
 */
export function readSettings(): Settings {
  const read = new Reader(new pulumi.Config());
  const settings: Settings = {
    apiGateway: read.boolean("apiGateway"),
    auth0Authorizer: read.boolean("auth0Authorizer"),
    httpApi: read.boolean("httpApi"),
    secrets: read.boolean("secrets"),
    sagemaker: read.boolean("sagemaker"),
    awsRegion: read.text("awsRegion", /^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region", "us-east-1"),
    protectData: read.boolean("protectData"),
    modelsFolder: read.text("modelsFolder", /^[^\0]+$/, "a folder", "models"),
    defaultModel: read.text("defaultModel", /^[A-Za-z0-9][\w.-]{0,63}$/, "a model's name", "mymodel"),
    modelMemory: read.integer("modelMemory", 512, 10_240),
    modelConcurrency: read.integer("modelConcurrency", 0, 10_000),
    apiGatewayAuth: read.choice("apiGatewayAuth", apiGatewayAuths),
    apiGatewayKeyRequired: read.boolean("apiGatewayKeyRequired"),
    manageApiGatewayAccount: read.boolean("manageApiGatewayAccount"),
    // Account limits of API Gateway: 10,000 requests a second, 5,000 at once (they can be raised; the burst cannot).
    apiRateLimit: read.integer("apiRateLimit", 1, 10_000),
    apiBurstLimit: read.integer("apiBurstLimit", 1, 5_000),
    keyRateLimit: read.integer("keyRateLimit", 1, 10_000),
    keyBurstLimit: read.integer("keyBurstLimit", 1, 5_000),
    keyQuota: read.integer("keyQuota", 1, 2_147_483_647),
    keyQuotaPeriod: read.choice("keyQuotaPeriod", quotaPeriods),
    corsOrigin: read.optional(
      "corsOrigin",
      /^(\*|https?:\/\/[A-Za-z0-9.-]+(:\d+)?)$/,
      "an origin",
      "https://app.example.com",
    ),
    tokenIssuer: read.optional("tokenIssuer", /^https:\/\/[^\s?#]+$/, "an https URL", "https://tenant.eu.auth0.com/"),
    tokenAudience: read.optional("tokenAudience", /^\S+$/, "an audience", "https://model.example.com"),
  };

  if (settings.apiGateway && settings.apiGatewayAuth === "lambda") {
    read.needs("tokenIssuer", "https://<tenant>.auth0.com/", "apiGatewayAuth lambda checks the tokens of an issuer");
    read.needs("tokenAudience", "https://<your-api>", "apiGatewayAuth lambda checks the audience of the tokens");
  }
  // The stack's name becomes part of physical names (a Lambda function's has at most 64 characters) and the API's stage.
  if (!/^[A-Za-z0-9-]{1,24}$/.test(pulumi.getStack())) {
    read.fault("stack", "its name may have letters, digits and hyphens, at most 24", "pulumi stack rename <name>");
  }
  read.refuseUnknown(Object.keys(settings));
  read.throwFaults();
  return settings;
}

/** Reads one value at a time and collects the faults; a faulty value reads as a harmless one until they are thrown. */
class Reader {
  private readonly faults: string[] = [];

  constructor(private readonly config: pulumi.Config) {}

  fault(key: string, what: string, cure: string): void {
    this.faults.push(`${key}: ${what}: ${cure}`);
  }

  boolean(key: string): boolean {
    const value = this.raw(key, "false");
    if (value !== "true" && value !== "false") this.fault(key, "is neither true nor false", set(key, "true"));
    return value === "true";
  }

  integer(key: string, least: number, most: number): number {
    const value = this.raw(key, String(least));
    const number = Number(value);
    if (/^-?\d+$/.test(value) && number >= least && number <= most) return number;
    this.fault(key, `is not a whole number from ${least} to ${most}`, set(key, String(least)));
    return least;
  }

  choice<T extends string>(key: string, choices: readonly T[]): T {
    const value = this.raw(key, choices[0]!);
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) this.fault(key, `is none of ${choices.join(", ")}`, set(key, choices[0]!));
    return chosen ?? choices[0]!;
  }

  text(key: string, pattern: RegExp, what: string, example: string): string {
    const value = this.raw(key, "");
    if (!pattern.test(value)) this.fault(key, `is not ${what}`, set(key, example));
    return value;
  }

  /** Like `text`, but empty is allowed: the setting is not used. */
  optional(key: string, pattern: RegExp, what: string, example: string): string {
    const value = this.raw(key, "");
    if (value !== "" && !pattern.test(value)) this.fault(key, `is not ${what}`, set(key, example));
    return value;
  }

  /** A setting that has no default, because it belongs to an account. */
  needs(key: string, example: string, why: string): void {
    if (this.raw(key, "") === "") this.fault(key, `is not set (${why})`, set(key, `"${example}"`));
  }

  /** A misspelt setting would be ignored in silence, and with it the protection that it asked for. */
  refuseUnknown(known: readonly string[]): void {
    const prefix = `${this.config.name}:`;
    for (const key of Object.keys(runtime.allConfig())) {
      const name = key.slice(prefix.length);
      if (!key.startsWith(prefix) || known.includes(name)) continue;
      const near = known.find((other) => distance(name.toLowerCase(), other.toLowerCase()) <= 2);
      this.fault(name, `is not a setting${near ? `; ${near} is` : ""}`, `pulumi config rm ${name}`);
    }
  }

  throwFaults(): void {
    if (this.faults.length === 0) return;
    const count = this.faults.length === 1 ? "1 fault" : `${this.faults.length} faults`;
    throw fault(`${count} in the settings of stack ${pulumi.getStack()}\n  ${this.faults.join("\n  ")}`);
  }

  private raw(key: string, fallback: string): string {
    return this.config.get(key) ?? fallback;
  }
}

function set(key: string, value: string): string {
  return `pulumi config set ${soundsSecret.test(key) ? "--plaintext " : ""}${key} ${value}`;
}

/** Under such a key the CLI refuses a value that looks random, an address say, unless told that it is no secret. */
const soundsSecret = /pass|pwd|secret|token/i;

/** Levenshtein distance: how many letters apart two names are. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
