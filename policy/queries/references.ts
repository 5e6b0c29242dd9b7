// What a resource names: the text of its inputs, also inside documents; and which resources name another one. A value that is not known
// yet is an output of another resource: dependencies stand for it.

import type { Resource } from "../../graph/resource";
import { text } from "./read";
import { UnknownValue } from "./unknown";
import type { View } from "./view";

const texts = new WeakMap<Resource, string>();

/** The inputs of a resource as JSON, without what is not known yet. */
export function textOf(resource: Resource): string {
  let found = texts.get(resource);
  if (found === undefined) texts.set(resource, (found = JSON.stringify(known(resource.inputs)) ?? ""));
  return found;
}

/** The resources that name the target's ARN, or take one of its outputs. */
export function referencesTo(target: Resource, view: View): readonly Resource[] {
  const arn = text(read(() => target.outputs.arn));
  return view.resources.filter(
    (source) =>
      source.urn !== target.urn &&
      (Object.values(source.propertyDependencies).some((urns) => urns.includes(target.urn)) || names(source, arn)),
  );
}

function names(source: Resource, arn: string): boolean {
  if (arn === "") return false;
  const [, ...rest] = textOf(source).split(arn);
  // Not as the beginning of a longer name.
  return rest.some((after) => !/^[\w+=,.@/-]/.test(after));
}

/** A copy without the values that are not known yet. */
function known(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  // Code, of megabytes, which names nothing for a provider. The engine gives an archive's parts as `assets`.
  if ("archive" in value || "assets" in value) return undefined;
  if (Array.isArray(value)) return value.map((_, index) => known(read(() => value[index] as unknown)));
  return Object.fromEntries(
    Object.keys(value).map((key) => [key, known(read(() => (value as Record<string, unknown>)[key]))]),
  );
}

function read<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch (error) {
    if (error instanceof UnknownValue) return undefined;
    throw error;
  }
}
