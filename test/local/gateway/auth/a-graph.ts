// Hand-written resource graphs, in the form that evaluating the program gives.

import type { Graph, Resource } from "../../../../graph/resource";

export function aResource(type: string, name: string, inputs: object, outputs: object = {}, id = name): Resource {
  return {
    type,
    name,
    urn: `urn:pulumi:test::model-serving::${type}::${name}`,
    id,
    parent: "",
    inputs: { ...inputs },
    outputs: { ...inputs, ...outputs },
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    deleteBeforeReplace: false,
    secrets: [],
  };
}

export function aGraph(...resources: Resource[]): Graph {
  return { stack: "test", resources, outputs: {}, examples: [] };
}
