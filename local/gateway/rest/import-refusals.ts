// What API Gateway refuses when it makes a REST API from a document, and the gateway could serve: without these checks
// an API works here and its deployment fails.

import {
  type OpenApiDocument,
  type OpenApiOperation,
  type OpenApiParameter,
  operationsOf,
} from "../../../graph/openapi";
import { Unenforceable } from "../../base/unenforceable";

/** @throws Unenforceable for a document without methods, and for a model whose name API Gateway does not take */
export function checkApi(document: OpenApiDocument, where: string): void {
  // At the deployment (cloudtools/troposphere#496).
  if (operationsOf(document).next().done) throw new Unenforceable(where, "has no methods: it cannot be deployed");
  // "Model name must be alphanumeric" (terra-money/fcd-classic#36): every schema becomes a model.
  const schemas = Object.keys((document.components?.["schemas"] as object | undefined) ?? {});
  const strange = schemas.find((name) => !/^[A-Za-z0-9]+$/.test(name));
  if (strange !== undefined) throw new Unenforceable(where, `has a schema whose name is not alphanumeric: ${strange}`);
}

/**
 * @param shared parameters of the path item; the operation's own take precedence
 * @throws Unenforceable for parameter names, and for mapped response headers that no response declares
 */
export function checkOperation(operation: OpenApiOperation, shared: readonly OpenApiParameter[], where: string): void {
  checkParameters([...(operation.parameters ?? []), ...shared], where);
  checkResponseHeaders(operation, where);
}

function checkParameters(parameters: readonly OpenApiParameter[], where: string): void {
  const places = new Map<string, string>();
  for (const { name, in: place } of parameters) {
    // A parameter by reference has neither; its validation stops the start elsewhere.
    if (typeof name !== "string") continue;
    // At the import (floci-io/floci#3549, api-platform/api-platform#2150).
    if (!/^[A-Za-z0-9:._$-]+$/.test(name))
      throw new Unenforceable(where, `has a parameter whose name API Gateway does not take: ${name}`);
    // Recorded on AWS (LocalStack, test_apigateway_api).
    if ((places.get(name) ?? place) !== place)
      throw new Unenforceable(
        where,
        `has two parameters of the name ${name}, which must be unique across their places`,
      );
    places.set(name, place);
  }
}

/** A header that an integration response maps must be declared by the method's response (aws-apigateway-importer#209). */
function checkResponseHeaders(operation: OpenApiOperation, where: string): void {
  const declared = (operation.responses ?? {}) as Readonly<Record<string, { readonly headers?: object }>>;
  for (const { statusCode, responseParameters = {} } of Object.values(
    operation["x-amazon-apigateway-integration"]?.responses ?? {},
  )) {
    const headers = Object.keys(declared[String(statusCode)]?.headers ?? {}).map((name) => name.toLowerCase());
    for (const parameter of Object.keys(responseParameters)) {
      const header = /^method\.response\.header\.(.+)$/.exec(parameter)?.[1]?.toLowerCase();
      if (header !== undefined && !headers.includes(header))
        throw new Unenforceable(where, `maps ${parameter}, which its response ${String(statusCode)} does not declare`);
    }
  }
}
