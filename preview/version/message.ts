// Checks what a version's process sends. The code under review runs in that process and can send anything, so whatever the
// comparison reads is checked before.

import type { Fault, Snapshot } from "./snapshot";

/** Whether a value is as expected. */
type Shape = (value: unknown) => boolean;

const text: Shape = (value) => typeof value === "string";
const truth: Shape = (value) => typeof value === "boolean";
const status: Shape = (value) => text(value) || typeof value === "number";
const anything: Shape = () => true;
const nothing: Shape = (value) => value === null;
const optional = (shape: Shape): Shape => either((value) => value === undefined, shape);
const list = (shape: Shape): Shape => {
  return (value) => Array.isArray(value) && value.every(shape);
};
const record = (shape: Shape): Shape => {
  return (value) => isObject(value) && Object.values(value).every(shape);
};
const fields = (shapes: Readonly<Record<string, Shape>>): Shape => {
  return (value) => isObject(value) && Object.entries(shapes).every(([key, shape]) => shape(value[key]));
};
const either = (...shapes: readonly Shape[]): Shape => {
  return (value) => shapes.some((shape) => shape(value));
};

const fault = fields({ fault: text });

const resource = fields({
  ...{ type: text, name: text, urn: text, parent: text, protect: truth },
  ...{ inputs: record(anything), propertyDependencies: record(list(text)) },
});

const client = fields({ name: text, principal: optional(text), models: optional(list(text)) });

const matrix = fields({
  findings: record(list(text)),
  doors: list(fields({ api: text, address: text, tls: text, mutualTls: truth, disabled: truth, strictHost: truth })),
  callers: list(
    fields({
      ...{ api: text, tokens: list(text), origins: list(text) },
      ...{ networks: either(nothing, list(text)), clients: either(nothing, list(client)) },
    }),
  ),
  policies: list(fields({ policy: text, forCallers: truth, routes: list(text), beyond: list(text) })),
  cells: list(
    fields({
      ...{ api: text, address: text, place: text, method: text, path: text, asks: either(nothing, text) },
      ...{ credential: fields({ name: text }), status },
    }),
  ),
});

const finding = fields({
  ...{ rule: text, severity: text, resource: text, about: text, message: text, status: text },
  ...{ reason: optional(text), violation: truth },
});

const snapshot = fields({
  declared: record(anything),
  exceptions: either(
    fault,
    list(fields({ rule: text, resource: text, about: optional(text), stack: optional(text), review: text })),
  ),
  stacks: record(
    fields({
      settings: record(anything),
      program: either(fault, fields({ resources: list(resource), outputs: list(text) })),
      matrix: either(fault, matrix),
      findings: either(fault, list(finding)),
    }),
  ),
});

/** @returns the snapshot or the fault that was sent, or a fault that says that it was neither */
export function readMessage(message: unknown): Snapshot | Fault {
  if (fault(message)) return message as Fault;
  if (fields({ snapshot })(message)) return (message as { readonly snapshot: Snapshot }).snapshot;
  return { fault: "its process sent what is no snapshot" };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
