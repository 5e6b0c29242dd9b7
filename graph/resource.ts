// One resource of the program, as Pulumi's engine would see it: what everything off the cloud consumes.

/** A value of a resource: JSON, or an archive or asset. Unknowns do not exist here; secrets stand in plain, named by `secrets`. */
export type Value = unknown;

export interface Resource {
  /** Pulumi type token, for example `aws:lambda/function:Function`. */
  readonly type: string;
  /** Logical name, the first argument of `new`. */
  readonly name: string;
  readonly urn: string;
  /** Provider-assigned id; empty for components. */
  readonly id: string;
  /** URN of the parent; empty for the stack's own children. */
  readonly parent: string;
  readonly inputs: Readonly<Record<string, Value>>;
  /** Outputs as the provider would give them: the inputs, and what it computes. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean;
  /** Paths of the secret values, for example `outputs.value` or `inputs.environment.variables.KEY`. */
  readonly secrets: readonly string[];
}

/** An archive in a resource's inputs: of files, or of a folder's content. */
export interface Archive {
  readonly archive: { readonly files: Readonly<Record<string, Asset | Archive>> } | { readonly path: string };
}

/** An asset in a resource's inputs: text, or a file (absolute path). */
export interface Asset {
  readonly asset: { readonly text: string } | { readonly path: string };
}

/** The whole program, evaluated. */
export interface Graph {
  readonly stack: string;
  readonly resources: readonly Resource[];
  /** Account settings that an example value stands in for, of those that something in the graph uses. */
  readonly examples: readonly string[];
  /** Stack outputs, in plain. */
  readonly outputs: Readonly<Record<string, Value>>;
}

/** All resources of a type. */
export function ofType(graph: Graph, type: string): Resource[] {
  return graph.resources.filter((resource) => resource.type === type);
}
