// Hand-written graphs for the tests of policy rules: resources with ids and ARNs in AWS's form.

import type { Graph, Resource } from "../../graph/resource";

type Plain = Record<string, unknown>;

/** A resource whose `id` is its name, with an ARN in the test account. */
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

/** The same resource with some inputs changed; `undefined` removes one. */
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

/** Fixtures of a rule: complying and violating graphs, each under a description. */
export interface Case {
  readonly good: Readonly<Record<string, readonly Resource[]>>;
  readonly bad: Readonly<Record<string, readonly Resource[]>>;
  /** Stack of the graphs; `dev` by default. */
  readonly stack?: string;
}

/** By rule name. */
export type Cases = Readonly<Record<string, Case>>;
