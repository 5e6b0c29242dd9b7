// What the cloud answers to a create or an update: the inputs, and what it computes from them.

import { runtime } from "@pulumi/pulumi";
import { simulate } from "../../../graph/simulate";
import { differences, topLevel } from "./difference";
import { afterCreate, renew, renewed } from "./renewal";

type Tree = Readonly<Record<string, unknown>>;

/** A resource, as the engine names it. */
export interface Thing {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** How many times it was made: each replacement is another thing, with ids of its own. */
  readonly generation: number;
}

/** The id and outputs of a thing made from these inputs, which are all known. */
export function created({ type, name, urn, generation }: Thing, inputs: Tree): { id: string; outputs: Tree } {
  const distinct = generation === 1 ? urn : `${urn}-${generation}`;
  const simulated = simulate({
    type,
    name,
    urn: distinct,
    inputs: withoutContents(visible(inputs)) as Tree,
  });
  const outputs = afterCreate(type, simulated.outputs, generation);
  return { id: typeof outputs.id === "string" ? outputs.id : simulated.id, outputs: overlay(outputs, visible(inputs)) };
}

/**
 * Outputs after an update: those of before under the new inputs, with those renewed that the change renews. In a preview
 * the latter are left out, which makes them unknown to the program.
 */
export function updated(type: string, olds: Tree, oldInputs: Tree, inputs: Tree, preview: boolean): Tree {
  const changed = [...differences(visible(oldInputs), visible(inputs)).keys()].map(topLevel);
  const names = renewed(type, inputs, changed);
  const kept = (preview ? olds : renew(type, olds, names)) as Record<string, unknown>;
  const gone = new Set([...Object.keys(oldInputs).filter((key) => !(key in inputs)), ...(preview ? names : [])]);
  return { ...Object.fromEntries(Object.entries(kept).filter(([key]) => !gone.has(key))), ...visible(inputs) };
}

/** Inputs without the providers' own notes. */
export function visible(inputs: Tree): Tree {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
}

/** Assets and archives as their hash: the state keeps no more of them, and what is computed follows no content. */
function withoutContents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutContents);
  if (typeof value !== "object" || value === null) return value;
  if (runtime.specialSigKey in value) return (value as Tree).hash;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutContents(item)]));
}

/** The upper tree over the lower: objects are merged, everything else of the upper wins. */
function overlay(lower: Tree, upper: Tree): Tree {
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key];
    merged[key] = isPlain(below) && isPlain(value) ? overlay(below, value) : value;
  }
  return merged;
}

function isPlain(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(runtime.specialSigKey in value);
}
