// What a mapping template may refer to, checked when it is compiled: a reference that is not known here could be one
// that decides what is answered.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html

import { contextVariable } from "../request/context-variables";
import type { Expression, Node, Reference } from "./velocity-template";

/**
 * @param functions names of the functions of `$util`
 * @throws Error naming the first reference that is not known
 */
export function checkTemplate(nodes: readonly Node[], functions: readonly string[]): void {
  new ReferenceCheck(functions).nodes(nodes);
}

const reserved = ["input", "util", "context", "stageVariables"];
const overrides = ["requestOverride", "responseOverride"];
const mapMethods = ["get", "put", "size"];

class ReferenceCheck {
  /** Variables that are set before; those of a block stay known behind it, and are null if it is skipped. */
  private readonly variables = new Set<string>();

  constructor(private readonly functions: readonly string[]) {}

  nodes(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if ("reference" in node) this.reference(node.reference);
      if ("set" in node) {
        this.expression(node.to);
        this.assigned(node.set);
      }
      for (const { condition, nodes: inner } of "branches" in node ? node.branches : []) {
        if (condition) this.expression(condition);
        this.nodes(inner);
      }
    }
  }

  private assigned(reference: Reference): void {
    const { root, steps } = reference;
    const isOverride = root === "context" && overrides.includes(firstName(reference) ?? "") && steps.length > 1;
    const last = steps.at(-1);
    if (last && "method" in last) throw new Error(`sets a method of $${root}`);
    if (reserved.includes(root) && !isOverride) throw new Error(`sets $${root}, of which only overrides can be set`);
    if (!reserved.includes(root) && steps.length === 0) this.variables.add(root);
    this.reference(reference);
  }

  private expression(expression: Expression): void {
    if ("reference" in expression) this.reference(expression.reference);
    if ("template" in expression) this.nodes(expression.template);
    if ("not" in expression) this.expression(expression.not);
    if ("operator" in expression) for (const side of [expression.left, expression.right]) this.expression(side);
  }

  private reference(reference: Reference): void {
    const { root, steps } = reference;
    for (const step of steps) {
      if ("index" in step) this.expression(step.index);
      if ("method" in step) for (const argument of step.args) this.expression(argument);
    }
    const [first, ...others] = steps;
    const method = first && "method" in first ? first.method : "";
    if (root === "input" && method !== "params") unknown("$input otherwise than by params()");
    if (root === "util" && !this.functions.includes(method)) unknown(`$util.${method}`);
    if (root === "context" && !overrides.includes(firstName(reference) ?? "")) {
      const path = steps.map((step) =>
        "property" in step ? step.property : unknown("$context by an index or method"),
      );
      if (contextVariable(path.join(".")) === undefined) unknown(`$context.${path.join(".")}`);
    }
    if (!reserved.includes(root) && !this.variables.has(root)) unknown(`$${root}, which is not set before`);
    for (const step of root === "input" || root === "util" ? others : steps)
      if ("method" in step && !mapMethods.includes(step.method)) unknown(`the method ${step.method}`);
  }
}

function unknown(what: string): never {
  throw new Error(`reads ${what}, which the local gateway does not know`);
}

/** The name right behind the root, as a property or a text in brackets. */
export function firstName({ steps: [first] }: Reference): string | undefined {
  if (first === undefined || "method" in first) return undefined;
  if ("property" in first) return first.property;
  const { index } = first;
  if ("literal" in index) return String(index.literal);
  const [node, ...others] = "template" in index ? index.template : [];
  return node && "text" in node && others.length === 0 ? node.text : undefined;
}
