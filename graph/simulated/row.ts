// A row simulates one resource type: from the inputs it computes the id, other outputs, and which of them are secret.

import { partitionOf } from "../../contract";

/** The simulated AWS account; AWS's documentation uses this number in examples. */
export const account = "123456789012";

export type Inputs = Readonly<Record<string, unknown>>;

/** What a row computes its outputs from. Generated texts are stable per resource and purpose. */
export interface Context {
  readonly inputs: Inputs;
  readonly region: string;
  /** Google Cloud project of the resource or its provider; else empty. */
  readonly project: string;
  /** Physical name: input `name`, `bucket`, `domain` or `statementId`; else generated from `namePrefix` or by Pulumi. */
  readonly physical: string;
  /** Lower-case hex digits. */
  hex(purpose: string, length: number): string;
  /** Lower-case letters and digits. */
  alphanumeric(purpose: string, length: number): string;
  uuid(purpose: string): string;
  /** Letters and digits that cannot be computed without the seed. */
  secret(purpose: string, length: number): string;
}

export type Row = (context: Context) => { id: string; secrets?: readonly string[]; [output: string]: unknown };

/** Rows by type token. */
export type Rows = Readonly<Record<string, Row>>;

export const arn = (service: string, region: string, resource: string) =>
  `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;

/** The value if it is a string, else an empty string (an input that is missing or still unknown). */
export const text = (value: unknown) => (typeof value === "string" ? value : "");
