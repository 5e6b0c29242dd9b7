// The run as the page's first view shows it.

import type { LocalRun } from "../local/run/run";
import { servedModels } from "../local/run/served-models";
import type { StackView } from "./wire";

/** The program's modules: a component of its type says that one is on. */
const modules: Readonly<Record<string, string>> = {
  apiGateway: "ApiGatewayModule",
  auth0Authorizer: "Auth0AuthorizerModule",
  httpApi: "HttpApiModule",
  secrets: "SecretsModule",
  sagemaker: "SagemakerModule",
};

export function stackView({ graph, apis, notEnforced, ca }: LocalRun): StackView {
  const models = servedModels(graph);
  return {
    ...{ stack: graph.stack, examples: graph.examples, ca },
    modules: Object.entries(modules).map(([name, type]) => ({
      name,
      on: graph.resources.some((resource) => resource.type.endsWith(`:${type}`)),
    })),
    apis: apis.map(({ name, url, domains, routes }) => ({
      ...{ name, url, domains: domains.map((domain) => domain.name) },
      routes: routes.map(({ method, path, auth, keyRequired }) => ({
        ...{ method, path },
        asks: [auth === "NONE" ? "" : auth, keyRequired ? "API key" : ""].filter(Boolean).join(" + "),
      })),
    })),
    models: models?.names ?? [],
    standardModel: models?.standard,
    notEnforced: notEnforced.map(({ resource, why }) => ({ resource, why })),
  };
}
