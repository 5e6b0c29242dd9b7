// Hand-written graphs for the rules: resources with the ids and ARNs that AWS would give them.

import type { Graph, Resource } from "../../graph/resource";

type Plain = Record<string, unknown>;

/** A resource: `id` is its name, its ARN one of its own account. */
export function a(type: string, name: string, inputs: Plain = {}, more: Partial<Resource> = {}): Resource {
  const service = type.split(":")[1]!.split("/")[0]!;
  const arn = service === "s3" ? `arn:aws:s3:::${name}` : `arn:aws:${service}:us-east-1:123456789012:${name}`;
  return {
    type,
    name,
    urn: `urn:pulumi:test::model-serving::${type}::${name}`,
    id: name,
    parent: "",
    inputs,
    outputs: { ...inputs, id: name, arn },
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    deleteBeforeReplace: false,
    secrets: [],
    ...more,
  };
}

/** The same resource with other inputs; `undefined` takes one away. */
export function but(resource: Resource, changes: Plain): Resource {
  const change = (values: Readonly<Plain>) =>
    Object.fromEntries(Object.entries({ ...values, ...changes }).filter(([, value]) => value !== undefined));
  return { ...resource, inputs: change(resource.inputs), outputs: change(resource.outputs) };
}

export function graphOf(resources: readonly Resource[], stack = "dev"): Graph {
  return { stack, resources, examples: [], outputs: {} };
}

/** A policy document of these statements. */
export function policy(...statements: readonly Plain[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** What a rule is held to: graphs that comply, and graphs that break it, by what is wrong with them. */
export interface Case {
  readonly good: Readonly<Record<string, readonly Resource[]>>;
  readonly bad: Readonly<Record<string, readonly Resource[]>>;
  /** Stack of the graphs; `dev` where absent. */
  readonly stack?: string;
}

export type Cases = Readonly<Record<string, Case>>;
