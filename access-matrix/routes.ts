// The routes of an API document: what each asks for, and the status that it answers to a caller that is let in.

import type { Graph } from "../graph/resource";
import { type Ask, askOf } from "./asks";
import { NotUnderstood } from "./not-understood";
import type { Kind } from "./rules";

export interface Route {
  /** Upper case. */
  readonly method: string;
  /** Path template, for example `/v2/models/{model}`. */
  readonly path: string;
  readonly ask: Ask;
  /** Status of a valid request that is let in. */
  readonly success: number;
  /** Whether the gateway answers by itself (mock integration). */
  readonly mock: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** Fields of a path item that define no route. */
const harmless = ["parameters", "summary", "description"];
const methods = ["get", "put", "post", "delete", "options", "head", "patch"];

/** @throws NotUnderstood for any other way of routing: greedy paths, `$default`, unknown methods or integrations */
export function routesOf(document: Json, kind: Kind, graph: Graph, urn: string): Route[] {
  return Object.entries(document.paths as Record<string, Record<string, Json>>).flatMap(([path, item]) => {
    const unknown = Object.keys(item).find((field) => !methods.includes(field) && !harmless.includes(field));
    if (unknown !== undefined) throw new NotUnderstood(`${urn}: ${path}`, `its field ${unknown} is not known`);
    if (/[+]}|\$default/.test(path)) throw new NotUnderstood(`${urn}: ${path}`, "it takes any path");
    return methods
      .filter((method) => method in item)
      .map((method) => {
        const operation = item[method]!;
        const where = `${urn}: ${method.toUpperCase()} ${path}`;
        const ask = askOf(operation, document, kind, graph, where);
        return { method: method.toUpperCase(), path, ask, ...answerOf(operation, where) };
      });
  });
}

function answerOf(operation: Json, where: string): Pick<Route, "success" | "mock"> {
  const integration = operation["x-amazon-apigateway-integration"] as Json | undefined;
  if (String(integration?.type).toLowerCase() === "aws_proxy") return { success: 200, mock: false };
  const responses = integration?.responses as { default?: { statusCode?: unknown } } | undefined;
  const success = Number(responses?.default?.statusCode);
  if (String(integration?.type).toLowerCase() !== "mock" || Number.isNaN(success))
    throw new NotUnderstood(where, "its integration is neither a Lambda proxy nor a mock with one answer");
  return { success, mock: true };
}
