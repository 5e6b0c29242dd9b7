// Queries on the graph for the rules: resources by type, and by the references between them.

import type { Graph, Resource } from "../../graph/resource";
import { list } from "./read";
import { guarded, holdsUnknown } from "./unknown";

/** Type of the stack's own resource, whose outputs are the stack outputs. */
export const stackType = "pulumi:pulumi:Stack";

export class View {
  private readonly byType = new Map<string, Resource[]>();
  private readonly raw = new Map<string, Resource>();
  readonly stack: string;
  /** All resources, including the stack itself. Reading an unknown input or output of one throws `UnknownValue`. */
  readonly resources: readonly Resource[];

  constructor(
    graph: Graph,
    /** The date against which end dates are compared. */
    readonly today: Date,
  ) {
    this.stack = graph.stack;
    const all = [
      ...(graph.resources.some(({ type }) => type === stackType) ? [] : [stackOf(graph)]),
      ...graph.resources,
    ];
    this.resources = all.map((resource) => ({
      ...resource,
      inputs: guarded(resource.inputs, ""),
      outputs: guarded(resource.outputs, ""),
    }));
    for (const resource of this.resources) {
      this.byType.set(resource.type, [...(this.byType.get(resource.type) ?? []), resource]);
    }
    for (const resource of all) this.raw.set(resource.urn, resource);
  }

  /** All resources of these types; `*` stands for every type. */
  ofType(...types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) => (type === "*" ? this.resources : (this.byType.get(type) ?? [])));
  }

  /** The resources of a type whose property refers to the target by id, ARN or name. */
  pointingAt(target: Resource, type: string, property: string): readonly Resource[] {
    return this.ofType(type).filter((source) => this.points(source, property, target));
  }

  /** Whether a property refers to the target. If its value is not known yet, its dependencies decide. */
  points(source: Resource, property: string, target: Resource): boolean {
    const { inputs, propertyDependencies } = this.raw.get(source.urn)!;
    const value = inputs[property];
    if (holdsUnknown(value)) {
      // What a remote component gives out depends, for the engine, on the component and not on the resource within it.
      const urns = propertyDependencies[property] ?? [];
      return [target.urn, ...this.ancestors(target)].some((urn) => urns.includes(urn));
    }
    const names = namesOf(this.raw.get(target.urn)!);
    return list(value).some((item) => typeof item === "string" && names.has(item));
  }

  /** URNs of the components around a resource. */
  private ancestors({ parent }: Resource): string[] {
    const component = this.raw.get(parent);
    return component === undefined ? [] : [component.urn, ...this.ancestors(component)];
  }

  /** All resources below a component, at any depth. */
  below(component: Resource): readonly Resource[] {
    const children = this.resources.filter(({ parent }) => parent === component.urn);
    return children.flatMap((child) => [child, ...this.below(child)]);
  }
}

/** The values by which other resources may refer to a resource. */
function namesOf({ id, outputs }: Resource): Set<string> {
  const names = [id, ...["id", "arn", "name", "bucket", "keyId", "invokeArn", "vpcId"].map((key) => outputs[key])];
  return new Set(names.filter((name): name is string => typeof name === "string" && name !== ""));
}

function stackOf({ stack, outputs }: Graph): Resource {
  return {
    type: stackType,
    name: stack,
    urn: `urn:pulumi:${stack}::${stackType}::${stack}`,
    id: "",
    parent: "",
    inputs: {},
    outputs,
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    deleteBeforeReplace: false,
    secrets: [],
  };
}
