// Fails closed: before anything is served, every resource that decides who may call or what answers must be known to
// the gateway, with each of its properties. Gaps in what only filters traffic are reported instead.

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { documentOf } from "../request/document";
import { checkDocument } from "./document-coverage";
import { firewallGaps } from "../firewall/web-acl";
import { httpDocumentOf } from "../http-api/http-api-document";
import { everywhere, families, resources } from "./resource-coverage";
import type { PropertyRule } from "./resource-rule";
import { type NotEnforced, Unenforceable } from "../../base/unenforceable";

/**
 * @returns what is not enforced, to be shown to the user
 * @throws Unenforceable naming the first resource that cannot be served
 */
export function checkCoverage(graph: Graph): NotEnforced[] {
  const gaps = graph.resources.flatMap((resource) => checkResource(resource, graph));
  for (const api of ofType(graph, "aws:apigateway/restApi:RestApi")) checkDocument(documentOf(api), api);
  for (const api of ofType(graph, "aws:apigatewayv2/api:Api")) httpDocumentOf(api);
  return gaps;
}

function checkResource(resource: Resource, graph: Graph): NotEnforced[] {
  const { type, urn, inputs } = resource;
  const known = Object.hasOwn(resources, type) ? resources[type] : undefined;
  if (!known) {
    const family = families.find(({ pattern }) => pattern.test(type));
    if (family) throw new Unenforceable(urn, `${type}: ${family.why}`);
    return [];
  }
  if ("refused" in known) throw new Unenforceable(urn, known.refused);
  if ("firewall" in known) return firewallGaps(resource, graph);
  if (inputs["vpcConfig"] !== undefined && type === "aws:lambda/function:Function")
    return [{ resource: urn, why: "its network does not exist locally: it reaches what this machine reaches" }];
  checkProperties(resource, "irrelevant" in known ? { ...anything(resource), ...known.unless } : known.properties);
  return [];
}

/** @throws Unenforceable for a set property that is unknown, or whose value cannot be enforced */
function checkProperties({ inputs, urn }: Resource, properties: Readonly<Record<string, PropertyRule>>): void {
  for (const [name, value] of Object.entries(inputs)) {
    if (value === undefined || value === null || everywhere.has(name)) continue;
    const rule = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (rule === undefined)
      throw new Unenforceable(urn, `has a property that the local gateway does not know: ${name}`);
    const why = typeof rule === "function" ? rule(value) : undefined;
    if (why !== undefined) throw new Unenforceable(urn, `${name} ${why}`);
  }
}

/** Treats all properties of a resource as irrelevant. */
function anything({ inputs }: Resource): Record<string, PropertyRule> {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, "irrelevant"]));
}
