// Converts the resources that Pulumi's engine passes to a policy pack into the graph that the mocks produce, with
// `unknown` in place of values that are not known yet.

import type { Graph, Resource } from "../graph/resource";
import { text } from "./queries/read";
import { unknown } from "./queries/unknown";
import { stackType } from "./queries/view";

/** The fields used of a resource in @pulumi/policy. */
export interface EngineResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** In a preview, the inputs and the known outputs; after an update, the outputs in the state. */
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: { readonly protect: boolean; readonly deleteBeforeReplace?: boolean };
  readonly parent?: { readonly urn: string; readonly type: string };
  readonly dependencies: readonly { readonly urn: string }[];
  readonly propertyDependencies: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/**
 * The resources as a graph. Its `secrets` are empty, because the engine does not tell a pack which values are secret.
 */
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

/**
 * Properties left out of the inputs, because AWS sets them if the program does not, and `props` do not tell which did.
 */
const computed: Readonly<Record<string, readonly string[]>> = { "aws:apigateway/apiKey:ApiKey": ["value"] };

function omit(props: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(props).filter(([key]) => !keys.includes(key)));
}

/** A deep copy with `unknown` for each unknown value, which in @pulumi/policy throws when it is read. */
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
