// Which resources a resource names: by its dependencies, and by ids and ARNs in its inputs, also inside JSON documents: an API's
// document and a role's policy are composed of names, without a dependency.

import { restApiType } from "../graph/openapi";
import type { Graph, Resource } from "../graph/resource";

/** A resource that an input of another one names. */
export interface Reference {
  /** The input that does: its first key. */
  readonly property: string;
  readonly target: Resource;
}

/** Outputs by which other resources name a resource. */
const nameOutputs = ["id", "arn", "executionArn"];
/** Names that people or the program give, where others use them: an API's in its metrics, and the audience of tokens. */
const givenNames: Readonly<Record<string, string>> = {
  [restApiType]: "name",
  "auth0:index/resourceServer:ResourceServer": "identifier",
};

/** Shorter texts are words, such as a stage's name, and not the names of one resource. */
const shortest = 6;

export class Naming {
  private readonly byName = new Map<string, Resource>();
  private readonly byUrn: ReadonlyMap<string, Resource>;
  private readonly found = new Map<string, readonly Reference[]>();

  constructor(private readonly graph: Graph) {
    this.byUrn = new Map(graph.resources.map((resource) => [resource.urn, resource]));
    const project = graph.resources[0]?.urn.split("::")[1] ?? "";
    // Stages have the stack's name, and the namespace of metrics is that of the project with it.
    const common = new Set([graph.stack, `${project}-${graph.stack}`]);
    // A bucket's policy has the bucket's id, and an event's target the function's ARN: what is given to one is another's, if that has it.
    for (const given of [false, true])
      for (const resource of graph.resources) {
        const { id, type, inputs, outputs } = resource;
        const other = givenNames[type];
        const names = nameOutputs.map((key) => (key === "id" ? id : outputs[key]));
        for (const name of given && other !== undefined ? [...names, outputs[other]] : names) {
          if (typeof name !== "string" || name.length < shortest || common.has(name) || this.byName.has(name)) continue;
          if (given || !Object.values(inputs).includes(name)) this.byName.set(name, resource);
        }
      }
  }

  /** What a resource's inputs name, each target once for each input; without itself. */
  of(resource: Resource): readonly Reference[] {
    let references = this.found.get(resource.urn);
    if (references === undefined) this.found.set(resource.urn, (references = this.read(resource)));
    return references;
  }

  private read(resource: Resource): Reference[] {
    const references = new Map<string, Reference>();
    const add = (property: string, target: Resource | undefined): void => {
      if (target === undefined || target === resource || target.id === "") return;
      references.set(`${property} ${target.urn}`, { property, target });
    };
    for (const [property, urns] of Object.entries(resource.propertyDependencies))
      for (const urn of urns) add(property, this.byUrn.get(urn));
    for (const [property, value] of Object.entries(resource.inputs))
      for (const text of textsOf(value)) for (const target of this.named(text)) add(property, target);
    return [...references.values()];
  }

  /** The resources that a text is the name of, or whose ARNs it contains; a pattern (`…*`) names all whose ARN begins so. */
  named(text: string): Resource[] {
    const whole = this.byName.get(text);
    if (whole !== undefined) return [whole];
    return (text.match(/s3:\/\/[\w.-]+|arn:(?:(?!arn:)[^\s"'\\,])+/g) ?? []).flatMap((name) => this.byArn(name));
  }

  private byArn(arn: string): Resource[] {
    if (arn.startsWith("s3://")) return [this.byName.get(arn.slice("s3://".length)) ?? []].flat();
    const open = arn.search(/[*?]/);
    // A whole service or account is not a resource's name.
    if (open >= 0 && arn.slice(0, open).split(":").length > 5 && arn[open - 1] !== ":") {
      const prefix = arn.slice(0, open);
      const matching = this.graph.resources.filter(({ outputs }) => String(outputs.arn ?? "").startsWith(prefix));
      if (matching.length > 0) return matching;
    }
    for (
      let rest = arn;
      rest.length > "arn:aws:".length;
      rest = rest.slice(0, Math.max(rest.lastIndexOf("/"), rest.lastIndexOf(":")))
    ) {
      const target = this.byName.get(rest);
      if (target !== undefined) return [target];
    }
    return [];
  }
}

/** All texts in a value, those in JSON text too; none of archives and assets, which are code. */
export function* textsOf(value: unknown): Generator<string> {
  if (typeof value === "string") {
    const document = /^\s*[[{]/.test(value) ? parsed(value) : undefined;
    if (document === undefined) yield value;
    else yield* textsOf(document);
  } else if (Array.isArray(value)) for (const item of value) yield* textsOf(item);
  else if (value !== null && typeof value === "object" && !("archive" in value) && !("asset" in value))
    for (const item of Object.values(value)) yield* textsOf(item);
}

/** The value that a JSON text is of; `undefined` for any other text. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
