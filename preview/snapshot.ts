// One version of the project, evaluated: what a preview compares. Plain JSON, in which no secret stands in plain.

import type { ComparableResource } from "./comparable";

export interface Snapshot {
  /** Settings as Pulumi.yaml declares them. */
  readonly declared: Readonly<Record<string, Declared>>;
  readonly stacks: Readonly<Record<string, StackSnapshot>>;
}

export interface Declared {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
}

export interface StackSnapshot {
  /** Settings of the stack's file; an encrypted one as `[secret]`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The program's resources and names of outputs; or why it cannot be evaluated. */
  readonly program: { readonly resources: readonly ComparableResource[]; readonly outputs: readonly string[] } | Fault;
  /** Who may call; or why that cannot be told. */
  readonly matrix: MatrixSnapshot | Fault;
  /** Findings of the policy pack; or why it could not judge. */
  readonly findings: readonly FindingSnapshot[] | Fault;
}

/** What went wrong, for people. */
export interface Fault {
  readonly fault: string;
}

export function isFault(value: object): value is Fault {
  return "fault" in value;
}

/** As `npm run access-matrix -- --json` gives it, as far as it is compared. */
export interface MatrixSnapshot {
  readonly findings: Readonly<Record<string, readonly string[]>>;
  readonly doors: readonly (Readonly<Record<string, unknown>> & { readonly api: string; readonly address: string })[];
  /** Whom each API takes calls from, besides what its routes ask for; null: anyone. */
  readonly callers: readonly {
    readonly api: string;
    readonly networks: readonly string[] | null;
    readonly clients: readonly ClientSnapshot[] | null;
  }[];
  readonly policies: readonly {
    readonly policy: string;
    readonly routes: readonly string[];
    readonly beyond: readonly string[];
  }[];
  readonly cells: readonly CellSnapshot[];
}

export interface ClientSnapshot {
  readonly name: string;
  readonly principal?: string;
  /** Absent: all. */
  readonly models?: readonly string[];
}

export interface CellSnapshot {
  readonly api: string;
  readonly address: string;
  readonly place: string;
  readonly method: string;
  readonly path: string;
  /** What the route asks for; null where there is no route. */
  readonly asks: string | null;
  readonly credential: { readonly name: string };
  /** HTTP status; a text where the connection ends without one. */
  readonly status: number | string;
}

export interface FindingSnapshot {
  readonly rule: string;
  readonly severity: string;
  readonly resource: string;
  readonly about: string;
  readonly message: string;
  readonly status: string;
  readonly reason?: string;
  /** Stops a deployment. */
  readonly violation: boolean;
}
