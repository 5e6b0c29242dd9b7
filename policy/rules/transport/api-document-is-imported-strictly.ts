// What API Gateway does not understand in a document it leaves out with a warning: a protection, for example.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/import-export-api-endpoints.html

import { httpApiType, restApiType } from "../../../graph/openapi";
import { type Rule, unmet } from "../../queries/rule";

export const apiDocumentIsImportedStrictly: Rule = {
  name: "api-document-is-imported-strictly",
  description: "The import of an API's document fails on a warning.",
  severity: "medium",
  controls: ["OWN.StrictImport", "API8"],
  types: [restApiType, httpApiType],
  check: ({ inputs }) =>
    inputs.body === undefined ? undefined : unmet({ "failOnWarnings is not true": inputs.failOnWarnings === true }),
};
