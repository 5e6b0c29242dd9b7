// One evaluated version of the project, which a preview compares with another. JSON without any secret in plain text.

import type { ComparableResource } from "./comparable";

export interface Snapshot {
  /** Settings as Pulumi.yaml declares them, by key. */
  readonly declared: Readonly<Record<string, Declared>>;
  /** Exceptions to the policy pack's rules, or why they cannot be read. */
  readonly exceptions: readonly ExceptionSnapshot[] | Fault;
  /** By stack name. */
  readonly stacks: Readonly<Record<string, StackSnapshot>>;
}

export interface Declared {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
}

/** As in policy/exceptions.yaml. */
export interface ExceptionSnapshot {
  readonly rule: string;
  readonly resource: string;
  readonly about?: string;
  readonly stack?: string;
  readonly review: string;
}

export interface StackSnapshot {
  /** Settings in the stack's file, by key; an encrypted one as `[secret]`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The program's resources and output names, or why it cannot be evaluated. */
  readonly program: { readonly resources: readonly ComparableResource[]; readonly outputs: readonly string[] } | Fault;
  /** Who may call, or why that cannot be determined. */
  readonly matrix: MatrixSnapshot | Fault;
  /** Findings of the policy pack, or why it could not check the graph. */
  readonly findings: readonly FindingSnapshot[] | Fault;
}

/** An error message, for people. */
export interface Fault {
  readonly fault: string;
}

export function isFault(value: object): value is Fault {
  return "fault" in value;
}

/** The part of `npm run access-matrix -- --json` that is compared. */
export interface MatrixSnapshot {
  readonly findings: Readonly<Record<string, readonly string[]>>;
  readonly doors: readonly DoorSnapshot[];
  /** Networks (CIDR) and clients that each API is restricted to, besides what its routes ask for; null: unrestricted. */
  readonly callers: readonly {
    readonly api: string;
    readonly networks: readonly string[] | null;
    readonly clients: readonly ClientSnapshot[] | null;
    /** Issuer and audience of the tokens that its routes accept, a phrase for each. */
    readonly tokens: readonly string[];
    /** Origins whose web pages may call it (CORS). */
    readonly origins: readonly string[];
  }[];
  readonly policies: readonly {
    readonly policy: string;
    /** Whether it can be attached to callers; else it is of a role of the program's own. */
    readonly forCallers: boolean;
    readonly routes: readonly string[];
    readonly beyond: readonly string[];
  }[];
  readonly cells: readonly CellSnapshot[];
}

/** An address at which an API answers, or whose calls it refuses (`disabled`). */
export interface DoorSnapshot {
  readonly api: string;
  readonly address: string;
  /** Oldest TLS version that is accepted. */
  readonly tls: string;
  readonly mutualTls: boolean;
  readonly disabled: boolean;
  readonly strictHost: boolean;
}

export interface ClientSnapshot {
  readonly name: string;
  readonly principal?: string;
  /** Models that it may call; absent: all. */
  readonly models?: readonly string[];
}

export interface CellSnapshot {
  readonly api: string;
  readonly address: string;
  /** `route`, or how the call differs from an ordinary one, for example `no such route`. */
  readonly place: string;
  readonly method: string;
  readonly path: string;
  /** What the route asks for; null if there is no route. */
  readonly asks: string | null;
  /** With a member for each part that the route asks for; a member says how the part is presented. */
  readonly credential: { readonly name: string } & { readonly [part in Part]?: string };
  /** HTTP status, or a text if the connection ends without one. */
  readonly status: number | string;
}

export type Part = "certificate" | "signature" | "token" | "key";

export interface FindingSnapshot {
  readonly rule: string;
  readonly severity: string;
  /** `<type>::<name>`. */
  readonly resource: string;
  /** The part of the resource concerned; empty if the rule can be broken in only one way. */
  readonly about: string;
  readonly message: string;
  readonly status: string;
  readonly reason?: string;
  /** Whether it stops a deployment. */
  readonly violation: boolean;
}
