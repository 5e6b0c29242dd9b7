// Outputs of a create or an update: the inputs, and the properties that the cloud computes from them.

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
  /** Number of its creation, from 1: each replacement is a new resource with new ids. */
  readonly generation: number;
}

/**
 * Outputs of a resource that a preview would create: the inputs. Properties that the cloud computes are left out, which
 * makes them unknown to the program; inside an object of the inputs, where a missing property would count as absent,
 * they are marked as unknown.
 */
export function previewed(type: string, name: string, urn: string, inputs: Tree): Tree {
  return marked(visible(inputs), simulated({ type, name, urn, generation: 1 }, inputs).outputs);
}

/** The id and outputs of a resource that is created from these inputs, which must all be known. */
export function created(thing: Thing, inputs: Tree): { id: string; outputs: Tree } {
  const { type, generation } = thing;
  const { id, outputs: all } = simulated(thing, inputs);
  const outputs = afterCreate(type, all, generation);
  return { id: typeof outputs.id === "string" ? outputs.id : id, outputs: overlay(outputs, visible(inputs)) };
}

function simulated({ type, name, urn, generation }: Thing, inputs: Tree) {
  const distinct = generation === 1 ? urn : `${urn}-${generation}`;
  return simulate({ type, name, urn: distinct, inputs: withoutContents(visible(inputs)) as Tree });
}

/** The inputs, whose objects get an unknown value for each property that only the outputs have. */
function marked(inputs: Tree, outputs: Tree): Tree {
  const entries = Object.entries(inputs).map(([key, value]) => {
    const computed = outputs[key];
    if (!isPlain(value) || !isPlain(computed)) return [key, value];
    const missing = Object.keys(computed).filter((inner) => !(inner in value));
    const unknown = Object.fromEntries(missing.map((inner) => [inner, runtime.unknownValue]));
    return [key, { ...unknown, ...marked(value, computed) }];
  });
  return Object.fromEntries(entries) as Tree;
}

/**
 * Outputs after an update: the previous ones with the new inputs applied, and with new values for those that the change
 * renews. In a preview the latter are left out, which makes them unknown to the program.
 */
export function updated(type: string, olds: Tree, oldInputs: Tree, inputs: Tree, preview: boolean): Tree {
  const changed = [...differences(visible(oldInputs), visible(inputs)).keys()].map(topLevel);
  const names = renewed(type, inputs, changed);
  const kept = preview ? olds : renew(type, olds, names);
  const known = Object.fromEntries(Object.entries(kept).filter(([key]) => !preview || !names.includes(key)));
  return replaced(known, visible(oldInputs), visible(inputs));
}

/** Replaces the old inputs in the outputs by the new ones. Properties in neither were computed and stay, at any depth. */
function replaced(outputs: Tree, before: Tree, after: Tree): Tree {
  const computed = Object.entries(outputs).filter(([key]) => !(key in before) && !(key in after));
  const given = Object.entries(after).map(([key, value]) => {
    const [output, old] = [outputs[key], before[key]];
    return [key, isPlain(value) && isPlain(output) && isPlain(old) ? replaced(output, old, value) : value];
  });
  return Object.fromEntries([...computed, ...given]) as Tree;
}

/** Inputs without the providers' internal properties (`__…`). */
export function visible(inputs: Tree): Tree {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
}

/** Replaces assets and archives by their hash: the state has only that, and no output depends on their content. */
function withoutContents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutContents);
  if (typeof value !== "object" || value === null) return value;
  if (runtime.specialSigKey in value) return (value as Tree).hash;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutContents(item)]));
}

/** Merges objects recursively; for all other values `upper` wins. */
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
