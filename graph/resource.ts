// The evaluated program as data: its resources as Pulumi's engine would see them. All local tools work on this form.

/** A property value: JSON, an archive or an asset, never unknown. Secrets are in clear text: see `Resource.secrets`. */
export type Value = unknown;

export interface Resource {
  /** Pulumi type token, for example `aws:lambda/function:Function`. */
  readonly type: string;
  /** Logical name, the first argument of `new`. */
  readonly name: string;
  readonly urn: string;
  /** Provider-assigned id; empty for components. */
  readonly id: string;
  /** URN of the parent; empty for direct children of the stack. */
  readonly parent: string;
  readonly inputs: Readonly<Record<string, Value>>;
  /** Outputs as the provider would return them: the inputs and the computed properties. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** URNs. */
  readonly dependencies: readonly string[];
  /** URNs by input property. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean;
  /** Paths of the secret values, for example `outputs.value` or `inputs.environment.variables.KEY`. */
  readonly secrets: readonly string[];
}

/** An archive in a resource's inputs: of files by their path in the archive, or of a folder (absolute path). */
export interface Archive {
  readonly archive: { readonly files: Readonly<Record<string, Asset | Archive>> } | { readonly path: string };
}

/** An asset in a resource's inputs: text, or a file (absolute path). */
export interface Asset {
  readonly asset: { readonly text: string } | { readonly path: string };
}

/** The evaluated program. */
export interface Graph {
  readonly stack: string;
  readonly resources: readonly Resource[];
  /** Keys of the account settings for which an example value was used that occurs in the graph. */
  readonly examples: readonly string[];
  /** Stack outputs, secrets in clear text. */
  readonly outputs: Readonly<Record<string, Value>>;
}

/** All resources with this type token. */
export function ofType(graph: Graph, type: string): Resource[] {
  return graph.resources.filter((resource) => resource.type === type);
}

/** The module of each resource: the component around it that is a direct child of the stack, or the resource itself if it is one. */
export function moduleIn({ resources }: Graph): (resource: Resource) => Resource {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const top = (resource: Resource): Resource => {
    const parent = byUrn.get(resource.parent);
    return parent === undefined ? resource : top(parent);
  };
  return top;
}

/** Region of an ARN; empty for a global service's. */
export function regionOf(arn: string): string {
  return arn.split(":")[3] ?? "";
}

/** The files of a resource's archive, by their paths in it; none if it has no archive, or a folder's. */
export function archived({ inputs }: Pick<Resource, "inputs">): Readonly<Record<string, Asset["asset"]>> {
  const archive = (inputs.source as Partial<Archive> | undefined)?.archive;
  if (archive === undefined || !("files" in archive)) return {};
  return Object.fromEntries(
    Object.entries(archive.files).flatMap(([path, file]) => ("asset" in file ? [[path, file.asset]] : [])),
  );
}
