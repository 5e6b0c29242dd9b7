// Every way in which one resource of a graph is made weaker, each a mutant: a property deleted, a boolean flipped, a number raised or
// set to zero, an account, a host or a principal replaced, a policy statement widened, a protection taken away, the resource dropped.
// Deterministic. JSON inside strings (policies, API documents, pipeline definitions) is mutated inside.

import { isDeepStrictEqual } from "node:util";
import type { Graph, Resource } from "../../graph/resource";
import type { Variant } from "./variant";
import { variants } from "./variants";

export interface Mutant {
  readonly type: string;
  readonly name: string;
  /** Properties from the resource down, joined by `.`; indexes of lists as `0`; empty for the resource itself. */
  readonly path: string;
  /** What was done, for example `deleted`. */
  readonly kind: string;
  /** The resource in its place; `undefined` if it was dropped. */
  readonly resource: Resource | undefined;
}

/** A component is no resource of a cloud: nothing of it is deployed. */
const component = /^(model-serving|awsx):/;

/** Settings that AWS and Pulumi leave off, and that take a protection away where somebody turns them on. */
const dangerous: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "aws:s3/bucket:Bucket": { forceDestroy: true },
  "aws:ec2/subnet:Subnet": { mapPublicIpOnLaunch: true },
  "aws:kms/key:Key": { bypassPolicyLockoutSafetyCheck: true },
};

/** The mutants of these resources. */
export function* mutantsOf(graph: Graph, resources: readonly Resource[]): Generator<Mutant> {
  const names = referencesIn(graph);
  for (const resource of resources) {
    const { type, name } = resource;
    if (component.test(type)) continue;
    yield { type, name, path: "", kind: "dropped", resource: undefined };
    if (resource.protect)
      yield { type, name, path: "", kind: "unprotected", resource: { ...resource, protect: false } };
    for (const [key, value] of Object.entries(dangerous[type] ?? {})) {
      if (isDeepStrictEqual(resource.inputs[key], value)) continue;
      yield { type, name, path: key, kind: "added", resource: changed(resource, { ...resource.inputs, [key]: value }) };
    }
    for (const variant of variants(resource.inputs, names)) yield mutantBy(resource, variant);
  }
}

function mutantBy(resource: Resource, { path, kind, value }: Variant): Mutant {
  const inputs = value as Record<string, unknown>;
  return { type: resource.type, name: resource.name, path: path.join("."), kind, resource: changed(resource, inputs) };
}

/** The resource with other inputs; an output that repeats an input follows it. */
function changed(resource: Resource, inputs: Readonly<Record<string, unknown>>): Resource {
  const outputs: Record<string, unknown> = { ...resource.outputs };
  for (const key of new Set([...Object.keys(resource.inputs), ...Object.keys(inputs)])) {
    if (inputs[key] === resource.inputs[key]) continue;
    if (isDeepStrictEqual(outputs[key], resource.inputs[key])) outputs[key] = inputs[key];
  }
  return { ...resource, inputs, outputs };
}

/** The names by which resources refer to one another. */
function referencesIn(graph: Graph): ReadonlySet<string> {
  const names = graph.resources.flatMap(({ id, outputs }) => [id, outputs.name, outputs.bucket, outputs.versionId]);
  return new Set(names.filter((name): name is string => typeof name === "string" && name.length > 5));
}
