// Evaluates a mapping template for a request: `$input`, `$util`, `$context`, `$stageVariables` and what it sets itself.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html

import { header } from "../../server/api-request";
import { parseRestQuery } from "../../server/request-target";
import { contextVariable } from "../request/context-variables";
import type { Exchange } from "../request/exchange";
import { checkTemplate, firstName } from "./template-references";
import {
  type Expression,
  type Node,
  parseTemplate,
  type Reference,
  type Value,
  type ValueMap,
} from "./velocity-template";

/** `$context.requestOverride` and `$context.responseOverride`, which the templates of a request share. */
export interface Overrides {
  readonly requestOverride: ValueMap;
  readonly responseOverride: ValueMap;
}

export type Template = (exchange: Exchange, overrides: Overrides) => string;

export function emptyOverrides(): Overrides {
  const map = (...names: string[]): ValueMap => mapOf(names.map((name) => [name, mapOf([])]));
  return { requestOverride: map("header", "path", "querystring"), responseOverride: map("header") };
}

/**
 * @throws Error naming what is not known. The template that it returns throws an Error where a request's values are of
 *   another kind than it takes them for, such as a text in place of a map
 */
export function compileTemplate(template: string): Template {
  const nodes = parseTemplate(template);
  checkTemplate(nodes, Object.keys(functions));
  return (exchange, overrides) => new Evaluation(exchange, overrides).render(nodes);
}

class Evaluation {
  private readonly variables = new Map<string, Value>();

  constructor(
    private readonly exchange: Exchange,
    private readonly overrides: Overrides,
  ) {}

  render(nodes: readonly Node[]): string {
    return nodes.map((node) => this.rendered(node)).join("");
  }

  private rendered(node: Node): string {
    if ("text" in node) return node.text;
    if ("reference" in node) return textOf(this.read(node.reference));
    if ("set" in node) {
      this.assign(node.set, this.evaluate(node.to));
      return "";
    }
    const branch = node.branches.find(({ condition }) => condition === undefined || isTrue(this.evaluate(condition)));
    return branch ? this.render(branch.nodes) : "";
  }

  private evaluate(expression: Expression): Value {
    if ("literal" in expression) return expression.literal;
    if ("template" in expression) return this.render(expression.template);
    if ("reference" in expression) return this.read(expression.reference);
    if ("not" in expression) return !isTrue(this.evaluate(expression.not));
    const { operator, left, right } = expression;
    if (operator === "&&") return isTrue(this.evaluate(left)) && isTrue(this.evaluate(right));
    if (operator === "||") return isTrue(this.evaluate(left)) || isTrue(this.evaluate(right));
    const [one, other] = [this.evaluate(left), this.evaluate(right)];
    // What is null equals nothing but null.
    const same = one === null || other === null ? one === other : textOf(one) === textOf(other);
    return same === (operator === "==");
  }

  private assign(reference: Reference, value: Value): void {
    const last = reference.steps.at(-1);
    if (last === undefined) this.variables.set(reference.root, value);
    else if ("method" in last) throw new Error("a method cannot be set");
    else {
      const owner = this.read({ ...reference, steps: reference.steps.slice(0, -1) });
      mapIn(owner)[this.keyOf(last)] = value;
    }
  }

  private read({ root, steps }: Reference): Value {
    const [first, ...others] = steps;
    if (root === "input" || root === "util") {
      const { method, args } = first as { method: string; args: readonly Expression[] };
      const values = args.map((argument) => this.evaluate(argument));
      return this.follow(
        root === "input" ? this.params(values) : functions[method]!(textOf(values[0] ?? null)),
        others,
      );
    }
    if (root === "context") {
      const name = firstName({ root, steps }) as keyof Overrides | undefined;
      if (name !== undefined && Object.hasOwn(this.overrides, name)) return this.follow(this.overrides[name], others);
      return (
        contextVariable(steps.map((step) => ("property" in step ? step.property : "")).join("."))!(this.exchange) ??
        null
      );
    }
    if (root === "stageVariables") return this.follow(mapOf(Object.entries(this.exchange.stageVariables ?? {})), steps);
    return this.follow(this.variables.get(root) ?? null, steps);
  }

  private follow(value: Value, steps: readonly Reference["steps"][number][]): Value {
    return steps.reduce<Value>((owner, step) => {
      if (owner === null) return null;
      const map = mapIn(owner);
      if (!("method" in step)) return own(map, this.keyOf(step));
      const [key = null, put = null] = step.args.map((argument) => this.evaluate(argument));
      if (step.method === "size") return Object.keys(map).length;
      const found = own(map, textOf(key));
      if (step.method === "put") map[textOf(key)] = put;
      return found;
    }, value);
  }

  private keyOf(step: Exclude<Reference["steps"][number], { method: string }>): string {
    return "property" in step ? step.property : textOf(this.evaluate(step.index));
  }

  /** One parameter, sought in path, query and headers in this order; without a name, the maps of all of them. */
  private params([name]: readonly Value[]): Value {
    const { request } = this.exchange;
    const query = parseRestQuery(request.rawQuery);
    if (name === undefined)
      return mapOf([
        ["path", mapOf(Object.entries(request.pathParameters))],
        ["querystring", mapOf(query)],
        ["header", mapOf(request.headers)],
      ]);
    const wanted = textOf(name);
    if (Object.hasOwn(request.pathParameters, wanted)) return request.pathParameters[wanted]!;
    return query.find(([key]) => key === wanted)?.[1] ?? header(request, wanted) ?? "";
  }
}

/** `$util`. */
const functions: Readonly<Record<string, (text: string) => Value>> = {
  base64Decode: (text) => Buffer.from(text, "base64").toString("utf8"),
  base64Encode: (text) => Buffer.from(text, "utf8").toString("base64"),
  escapeJavaScript: (text) => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll("/", "\\/"),
  parseJson: (text) => valueOf(JSON.parse(text)),
};

function valueOf(json: unknown): Value {
  if (Array.isArray(json)) throw new Error("a list, which the local gateway does not take");
  if (typeof json !== "object" || json === null) return json as Value;
  return mapOf(Object.entries(json).map(([key, value]) => [key, valueOf(value)]));
}

function mapOf(entries: readonly (readonly [string, Value])[]): ValueMap {
  const map = Object.create(null) as ValueMap;
  for (const [key, value] of entries) map[key] = value;
  return map;
}

function mapIn(value: Value): ValueMap {
  if (typeof value !== "object" || value === null) throw new Error("a value that is no map is read or set as one");
  return value;
}

function own(map: ValueMap, key: string): Value {
  return Object.hasOwn(map, key) ? map[key]! : null;
}

function isTrue(value: Value): boolean {
  return value !== null && value !== false;
}

function textOf(value: Value): string {
  if (typeof value === "object" && value !== null) throw new Error("a map, which the local gateway does not write");
  return value === null ? "" : String(value);
}
