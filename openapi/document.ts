// The OpenAPI document of an API as its callers need it: servers, security, schemas of each model. The document that is
// deployed says how API Gateway works, and changes with nothing but that; this one changes with the models.
// Source: https://spec.openapis.org/oas/v3.1.0

import type { Api } from "../access-matrix/apis";
import { errorResponses, errorSchema, refusedBy } from "./errors";
import type { ModelDescription } from "./models";
import { operationsOf } from "./operations";
import { protectionOf, serversOf } from "./protection";

const description = `Two protocols lead to each model: the Open Inference Protocol V2 (\`/v2/…\`) and TensorFlow Serving's predict API (\`/v1/…:predict\`).
V2 takes and gives binary tensors as well, which JSON Schema cannot describe: its binary tensor data extension does.
A body may be compressed (\`Content-Encoding: gzip\`, \`deflate\` or \`br\`). NaN is answered as \`NaN\`, and as \`null\` with the header
\`Accept: application/json;nan=null\`. A body or an answer has at most about 4.5 MB.`;

/**
 * @param models of the program
 * @throws Error for a route that is not described
 */
export function openApiDocument(api: Api, models: readonly ModelDescription[]): object {
  const paths: Record<string, Record<string, object>> = {};
  const schemes: Record<string, object> = {};
  for (const route of api.routes.filter(({ mock }) => !mock)) {
    const { schemes: own, security } = protectionOf(route.requirements, api.endpoints);
    Object.assign(schemes, own);
    const tokens = "token" in own;
    for (const { path, method, operation } of operationsOf(route, { models, defaultModel: api.defaultModel })) {
      const responses = { ...(operation["responses"] as object), ...(tokens ? refusedBy([401]) : {}) };
      paths[path] = { ...paths[path], [method]: { ...operation, responses, security } };
    }
  }
  return {
    openapi: "3.1.0",
    info: { title: api.name, version: "1", description },
    servers: serversOf(api),
    paths,
    components: {
      securitySchemes: schemes,
      responses: errorResponses(),
      schemas: { Error: errorSchema(api.kind) },
    },
  };
}
