// The API document that an API is served from. Its syntax is in graph/openapi.ts; here is only what is refused as a whole.

import { isRecord } from "../../base/record";
import { DocumentError, type OpenApiDocument, parseDocument } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { Unenforceable } from "../../base/unenforceable";

/**
 * Reads the document of an API.
 * @throws Unenforceable if it is missing or not an OpenAPI 3.0 document
 */
export function documentOf(api: Resource): OpenApiDocument {
  const { body } = api.inputs;
  if (typeof body !== "string")
    throw new Unenforceable(api.urn, "has no body: an API is served from its OpenAPI document only");
  let document: OpenApiDocument;
  try {
    document = parseDocument(body);
  } catch (error) {
    if (error instanceof DocumentError) throw new Unenforceable(api.urn, `body ${error.message}`);
    throw error;
  }
  if (typeof document.openapi !== "string" || !document.openapi.startsWith("3.0"))
    throw new Unenforceable(api.urn, "body is not an OpenAPI 3.0 document");
  if (!isRecord(document.paths) || !Object.values(document.paths).every(isRecord))
    throw new Unenforceable(api.urn, "body has no paths");
  return document;
}
