// The graph as the real engine hands it to a policy pack: the same form that mocks give, with what is not known marked so.

import type { Graph, Resource } from "../graph/resource";
import { text } from "./read";
import { unknown } from "./unknown";
import { stackType } from "./view";

/** What @pulumi/policy gives of a resource, as far as it is read here. */
export interface EngineResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** In a preview the inputs and what is known of the outputs; after an update, what stands in the state. */
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: { readonly protect: boolean; readonly deleteBeforeReplace?: boolean };
  readonly parent?: { readonly urn: string; readonly type: string };
  readonly dependencies: readonly { readonly urn: string }[];
  readonly propertyDependencies: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/** Puts the engine's resources into a graph. Which values are secret the engine does not tell a pack. */
export function engineGraph(engine: readonly EngineResource[]): Graph {
  const resources = engine.map(resourceOf);
  // `urn:pulumi:<stack>::<project>::…`
  const stack = engine[0]?.urn.split(":")[2] ?? "";
  const outputs = resources.find(({ type }) => type === stackType)?.outputs ?? {};
  return { stack, resources, examples: [], outputs };
}

function resourceOf(engine: EngineResource): Resource {
  const { type, name, urn, opts, parent, dependencies, propertyDependencies } = engine;
  const props = plain(engine.props) as Record<string, unknown>;
  return {
    type,
    name,
    urn,
    id: text(props.id),
    parent: parent === undefined || parent.type === stackType ? "" : parent.urn,
    inputs: omit(props, computed[type] ?? []),
    outputs: props,
    dependencies: dependencies.map((resource) => resource.urn),
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, targets]) => [key, targets.map((resource) => resource.urn)]),
    ),
    protect: opts.protect,
    deleteBeforeReplace: opts.deleteBeforeReplace === true,
    secrets: [],
  };
}

/** Inputs that AWS fills in where the program leaves them out: the engine, which gives outputs alone, does not tell who did. */
const computed: Readonly<Record<string, readonly string[]>> = { "aws:apigateway/apiKey:ApiKey": ["value"] };

function omit(props: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(props).filter(([key]) => !keys.includes(key)));
}

/** A copy in which each value that cannot be read yet is `unknown`: @pulumi/policy throws when one is touched. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  const read = (key: string) => {
    try {
      return plain((value as Record<string, unknown>)[key]);
    } catch {
      return unknown;
    }
  };
  return Array.isArray(value)
    ? Array.from({ length: value.length }, (_, index) => read(String(index)))
    : Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}
