// Reads the inputs of a resource whose form the local run depends on: what it does not understand stops the start.

import { Unenforceable } from "../gateway/unenforceable";
import type { Resource } from "../../graph/resource";

/** A text input; `undefined` where it is not set. @throws Unenforceable where it is something else */
export function text(resource: Resource, key: string): string | undefined {
  const value = resource.inputs[key];
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  throw new Unenforceable(`${resource.urn}: ${key}`, "it is not a text");
}

/** A number input; `undefined` where it is not set. @throws Unenforceable where it is something else */
export function number(resource: Resource, key: string): number | undefined {
  const value = resource.inputs[key];
  if (value === undefined || value === null || typeof value === "number") return value ?? undefined;
  throw new Unenforceable(`${resource.urn}: ${key}`, "it is not a number");
}

/** A list of texts; empty where it is not set. @throws Unenforceable where it is something else */
export function texts(resource: Resource, key: string): readonly string[] {
  const value = resource.inputs[key] ?? [];
  if (Array.isArray(value) && value.every((each): each is string => typeof each === "string")) return value;
  throw new Unenforceable(`${resource.urn}: ${key}`, "it is not a list of texts");
}

/** An output that the provider gives as text. @throws Unenforceable where it is missing */
export function output(resource: Resource, key: string): string {
  const value = resource.outputs[key];
  if (typeof value === "string") return value;
  throw new Unenforceable(`${resource.urn}: ${key}`, "the graph has no such output");
}
