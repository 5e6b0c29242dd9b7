// Reads typed inputs and outputs of a resource: a value of another type stops the start.

import { Unenforceable } from "../../base/unenforceable";
import type { Resource } from "../../../graph/resource";

/** A string input; `undefined` if it is not set. @throws Unenforceable for any other type */
export function text(resource: Resource, key: string): string | undefined {
  const value = resource.inputs[key];
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  throw new Unenforceable(`${resource.urn}: ${key}`, "it is not a text");
}

/** A number input; `undefined` if it is not set. @throws Unenforceable for any other type */
export function number(resource: Resource, key: string): number | undefined {
  const value = resource.inputs[key];
  if (value === undefined || value === null || typeof value === "number") return value ?? undefined;
  throw new Unenforceable(`${resource.urn}: ${key}`, "it is not a number");
}

/** A list of strings; empty if it is not set. @throws Unenforceable for any other type */
export function texts(resource: Resource, key: string): readonly string[] {
  const value = resource.inputs[key] ?? [];
  if (Array.isArray(value) && value.every((each): each is string => typeof each === "string")) return value;
  throw new Unenforceable(`${resource.urn}: ${key}`, "it is not a list of texts");
}

/** A string output of the provider. @throws Unenforceable if it is missing */
export function output(resource: Resource, key: string): string {
  const value = resource.outputs[key];
  if (typeof value === "string") return value;
  throw new Unenforceable(`${resource.urn}: ${key}`, "the graph has no such output");
}
