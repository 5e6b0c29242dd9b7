// What a row of the simulation is given, and what it gives: id, computed outputs, and which of them are secret.

/** The account of every simulation: AWS's own documentation uses this number. */
export const account = "123456789012";

export type Inputs = Readonly<Record<string, unknown>>;

/** What a row may use: the inputs, the region, a physical name, and stable digits. */
export interface Context {
  readonly inputs: Inputs;
  readonly region: string;
  /** Google Cloud's, of the resource or its provider. */
  readonly project: string;
  /** The physical name: the input `name` or `bucket`, or chance after `namePrefix`; else autonamed as Pulumi does. */
  readonly physical: string;
  /** Lower-case hex digits, stable for the resource and the purpose. */
  hex(purpose: string, length: number): string;
  /** Lower-case letters and digits. */
  alphanumeric(purpose: string, length: number): string;
  uuid(purpose: string): string;
  /** Letters and digits that nobody guesses who does not know the seed. */
  secret(purpose: string, length: number): string;
}

export type Row = (context: Context) => { id: string; secrets?: readonly string[]; [output: string]: unknown };

/** Rows by the type that they simulate. */
export type Rows = Readonly<Record<string, Row>>;

export const arn = (service: string, region: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** A text, or an empty one for what is none: an input that is missing, or not known yet. */
export const text = (value: unknown) => (typeof value === "string" ? value : "");
