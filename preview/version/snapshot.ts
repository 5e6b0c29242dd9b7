// One evaluated version of the project, which a preview compares with another. JSON without any secret in plain text. The
// code under review runs in the process that sends it and can send anything, so whatever the comparison reads is checked
// before: each shape below is both the check and the type.

/** Whether a value is of a type. */
type Shape<T> = (value: unknown) => value is T;
type Checked<S> = S extends Shape<infer T> ? T : never;
type Fields<S> = {
  readonly [key in keyof S as undefined extends Checked<S[key]> ? never : key]: Checked<S[key]>;
} & {
  readonly [key in keyof S as undefined extends Checked<S[key]> ? key : never]?: Checked<S[key]>;
};

const text = (value: unknown): value is string => typeof value === "string";
const truth = (value: unknown): value is boolean => typeof value === "boolean";
const count = (value: unknown): value is number => typeof value === "number";
const nothing = (value: unknown): value is null => value === null;
const absent = (value: unknown): value is undefined => value === undefined;
/** Only compared and printed as a whole, and therefore not checked. */
const anything = <T>(): Shape<T> => {
  return (value): value is T => value === value;
};
const either = <A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> => {
  return (value): value is A | B => one(value) || other(value);
};
const optional = <T>(shape: Shape<T>): Shape<T | undefined> => either(shape, absent);
const list = <T>(shape: Shape<T>): Shape<readonly T[]> => {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(shape);
};
const record = <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> => {
  return (value): value is Readonly<Record<string, T>> => isObject(value) && Object.values(value).every(shape);
};
const fields = <S extends Readonly<Record<string, Shape<unknown>>>>(shapes: S): Shape<Fields<S>> => {
  return (value): value is Fields<S> =>
    isObject(value) && Object.entries(shapes).every(([key, shape]) => shape(value[key]));
};

/** Why something cannot be evaluated, for people. */
export type EvaluationError = Checked<typeof evaluationError>;
const evaluationError = fields({ error: text });

export function isError(value: object): value is EvaluationError {
  return "error" in value;
}

/** A resource's inputs, in a form that can be compared between two folders (comparable.ts). */
export type Comparable =
  | string
  | number
  | boolean
  | null
  | readonly Comparable[]
  | { readonly [key: string]: Comparable };

export type ComparableResource = Checked<typeof resource>;
const resource = fields({
  type: text,
  name: text,
  urn: text,
  /** URN of the parent; empty for the stack's own children. */
  parent: text,
  protect: truth,
  inputs: record(anything<Comparable>()),
  /** By property, the URNs of the resources whose outputs it uses. */
  propertyDependencies: record(list(text)),
});

/** An address of an API; `disabled`: it rejects every request. */
export type EndpointSnapshot = Checked<typeof endpoint>;
const endpoint = fields({
  api: text,
  address: text,
  /** Oldest TLS version that is accepted. */
  tls: text,
  mutualTls: truth,
  disabled: truth,
  strictHost: truth,
});

export type ClientSnapshot = Checked<typeof client>;
/** `models`: those that it may call; absent: all. */
const client = fields({ name: text, principal: optional(text), models: optional(list(text)) });

/** A part of a credential; its value says how the part is presented. */
export type Part = "certificate" | "signature" | "token" | "key";

export type CellSnapshot = Checked<typeof cell>;
const cell = fields({
  api: text,
  address: text,
  /** `route`, or how the request differs from an ordinary one, for example `no such route`. */
  place: text,
  method: text,
  path: text,
  /** What the route requires; null if there is no route. */
  asks: either(nothing, text),
  /** With a member for each part that the route requires. */
  credential: fields({
    name: text,
    ...{ certificate: optional(text), signature: optional(text), token: optional(text), key: optional(text) },
  }),
  /** HTTP status, or a text if the connection ends without one. */
  status: either(text, count),
});

/** The part of `npm run access-matrix -- --json` that is compared. */
export type MatrixSnapshot = Checked<typeof matrix>;
const matrix = fields({
  findings: record(list(text)),
  doors: list(endpoint),
  callers: list(
    fields({
      api: text,
      /** Networks (CIDR) and clients that the API is restricted to, besides what its routes require; null: unrestricted. */
      networks: either(nothing, list(text)),
      clients: either(nothing, list(client)),
      /** Issuer and audience of the tokens that its routes accept, a phrase for each. */
      tokens: list(text),
      /** Origins whose web pages may call it (CORS). */
      origins: list(text),
    }),
  ),
  /** `forCallers`: whether it can be attached to callers; else it is of a role of the program's own. */
  policies: list(fields({ policy: text, forCallers: truth, routes: list(text), beyond: list(text) })),
  cells: list(cell),
});

export type FindingSnapshot = Checked<typeof finding>;
const finding = fields({
  rule: text,
  severity: text,
  /** `<type>::<name>`. */
  resource: text,
  /** The part of the resource concerned; empty if the rule can be broken in only one way. */
  about: text,
  message: text,
  status: text,
  reason: optional(text),
  /** Whether it stops a deployment. */
  violation: truth,
});

/** As in policy/exceptions.yaml. */
export type ExceptionSnapshot = Checked<typeof exception>;
const exception = fields({ rule: text, resource: text, about: optional(text), stack: optional(text), review: text });

export type StackSnapshot = Checked<typeof stack>;
const stack = fields({
  /** Settings in the stack's file, by key; an encrypted one as `[secret]`. */
  settings: record(anything<unknown>()),
  /** The program's resources and output names, or why it cannot be evaluated. */
  program: either(evaluationError, fields({ resources: list(resource), outputs: list(text) })),
  /** Who may call, or why that cannot be determined. */
  matrix: either(evaluationError, matrix),
  /** Findings of the policy pack, or why it could not check the graph. */
  findings: either(evaluationError, list(finding)),
});

export type Snapshot = Checked<typeof snapshot>;
const snapshot = fields({
  /** Settings as Pulumi.yaml declares them, by key. */
  declared: record(anything<unknown>()),
  /** Exceptions to the policy pack's rules, or why they cannot be read. */
  exceptions: either(evaluationError, list(exception)),
  /** By stack name. */
  stacks: record(stack),
});

/** @returns the snapshot or the error that was sent, or an error that says that it was neither */
export function readMessage(message: unknown): Snapshot | EvaluationError {
  if (evaluationError(message)) return message;
  if (isObject(message) && snapshot(message["snapshot"])) return message["snapshot"];
  return { error: "its process sent what is no snapshot" };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
