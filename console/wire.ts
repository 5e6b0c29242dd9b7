// What the console's server and its page tell each other: JSON over HTTP. Types alone, so that the page takes nothing else from the server.

/** The run, once. `GET /api/stack` */
export interface StackView {
  readonly stack: string;
  /** Switches of the program's modules. */
  readonly modules: readonly { readonly name: string; readonly on: boolean }[];
  readonly apis: readonly {
    readonly name: string;
    readonly url: string;
    /** Names of its custom domains. */
    readonly domains: readonly string[];
    readonly routes: readonly { readonly method: string; readonly path: string; readonly asks: string }[];
  }[];
  readonly models: readonly string[];
  readonly standardModel: string | undefined;
  readonly notEnforced: readonly { readonly resource: string; readonly why: string }[];
  /** Account settings that were missing and were replaced by example values. */
  readonly examples: readonly string[];
  /** Path of the certificate to trust. */
  readonly ca: string;
}

/** A call in the timeline. */
export interface CallSummary {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The API's or the custom domain's name. */
  readonly target: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly requestId?: string;
  readonly route?: string;
  /** The last gate that was met: it gave the answer. */
  readonly gate: string;
  /** Why the gateway refused it; the caller never sees this. */
  readonly reason?: string;
}

/** A gate that a call has met, in AWS's order. */
export interface GateView {
  readonly name: string;
  /** Milliseconds that it took. */
  readonly ms: number;
  readonly verdict: "passed" | "answered" | "refused";
  /** What declares it, by URN. */
  readonly resources: readonly string[];
}

export interface Message {
  /** Credentials are masked. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text, or `undefined` if it is none. */
  readonly text: string | undefined;
  /** In bytes. */
  readonly size: number;
}

/** `GET /api/calls/ID` */
export interface CallView extends CallSummary {
  readonly gates: readonly GateView[];
  readonly responseType?: string;
  readonly request: Message;
  readonly response: Message;
  /** The functions' log lines about it. */
  readonly lines: readonly string[];
}

/** A line of the stream `GET /api/calls`, newline-delimited JSON. */
export type CallsFrame = { readonly calls: readonly CallSummary[] } | { readonly alive: true };

/** `GET /api/matrix` */
export interface MatrixView {
  readonly cells: readonly CellView[];
  /** What each credential is, by its name. */
  readonly meanings: Readonly<Record<string, string>>;
}

/** A cell of the access matrix, and the call that it stands for. */
export interface CellView {
  readonly id: number;
  readonly api: string;
  readonly address: string;
  readonly place: string;
  readonly method: string;
  readonly path: string;
  readonly asks: string;
  readonly credential: string;
  readonly status: number | "no answer";
}

/** What to send in a cell's call in place of its example. `POST /api/cells/ID` */
export interface OwnRequest {
  /** For a route with `{model}`. */
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** In place of a text. */
  readonly base64?: string;
}

/** The answer to a call that the console has made. */
export interface Answered extends Message {
  readonly status: number | "no answer";
  readonly expected: number | "no answer" | undefined;
  /** Whether it is what the access matrix says; why not. */
  readonly outcome: string | undefined;
  readonly why: string | undefined;
  readonly ms: number;
  /** Its id in the timeline; absent: no API has seen it. */
  readonly call: number | undefined;
}

/** An example of a request. `GET /api/example?model=NAME` */
export interface ExampleView {
  /** Body of an inference request of V2, JSON. */
  readonly v2: string;
  /** The same in columns, as the other routes take it. */
  readonly columns: string;
}

/** A model, as the function's repository index describes it, and the versions that callers get. `GET /api/models` */
export interface ModelView {
  readonly name: string;
  readonly version?: string;
  readonly state: string;
  readonly reason?: string;
}

/** The metrics of the run, in Prometheus' text format. `GET /api/metrics` */
export interface MetricsView {
  readonly text: string;
}

/** The API keys that rotation has made, and the secrets that hold them. `GET /api/keys` */
export interface KeysView {
  readonly secrets: readonly {
    /** The client whose key it holds; empty: the shared one. */
    readonly client: string;
    readonly arn: string;
  }[];
  readonly keys: readonly {
    readonly id: string;
    readonly name: string;
    readonly enabled: boolean;
    /** Milliseconds since the epoch. */
    readonly createdAt: number;
    /** Whether it is the one in its secret now. */
    readonly current: boolean;
  }[];
}

/** A step of a rotation, in its order. `POST /api/keys/CLIENT/rotate` */
export interface RotationStep {
  readonly step: string;
  readonly outcome: string;
  readonly ms: number;
  readonly cause?: string;
}

/** `GET /api/resources` */
export interface ResourceSummary {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** `GET /api/resources/URN` */
export interface ResourceView extends ResourceSummary {
  /** Empty for a component. */
  readonly id: string;
  /** The source line that made it, for example `infra/base/keys.ts:12`. */
  readonly line?: string;
  /** Without secrets; of archives, the paths of their files. */
  readonly inputs: object;
  /** URNs, as are `dependents`. */
  readonly dependencies: readonly string[];
  readonly dependents: readonly string[];
  /** Statements of IAM policies that name it. */
  readonly reachedBy: readonly {
    readonly urn: string;
    readonly allows: boolean;
    readonly actions: readonly string[];
  }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly message: string;
    readonly status: string;
    readonly reason?: string;
  }[];
  /** What of it is not enforced on a laptop. */
  readonly notEnforced: readonly string[];
}

export interface Failed {
  /** What is wrong, and what to do. */
  readonly error: string;
}
