// Inside a private network, too, plain HTTP can be read by anyone on it.

import { httpApiType, restApiType } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { documentOperations } from "../../queries/operations";
import { at, type Plain, text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

const integrationType = "aws:apigatewayv2/integration:Integration";

export const privateBackendSpeaksHttps: Rule = {
  name: "private-backend-speaks-https",
  description: "A gateway calls its backends over HTTPS, also through a VPC link.",
  severity: "medium",
  controls: ["Config:apigatewayv2-integration-private-https"],
  types: [integrationType, restApiType, httpApiType],
  check: (resource) => {
    const integrations = integrationsOf(resource);
    if (integrations.length === 0) return undefined;
    return integrations.some(isPlain) ? [violation("an integration speaks plain HTTP")] : [];
  },
};

function integrationsOf(resource: Resource): Plain[] {
  if (resource.type !== integrationType) return documentOperations(resource).map(({ integration }) => integration);
  const { connectionType, integrationUri, tlsConfig } = resource.inputs;
  return [{ connectionType, uri: integrationUri, tlsConfig }];
}

function isPlain(integration: Plain): boolean {
  const uri = text(integration.uri);
  if (/^http:/i.test(uri)) return true;
  const linked = text(integration.connectionType).toUpperCase() === "VPC_LINK";
  return linked && !/^https:/i.test(uri) && text(at(integration, "tlsConfig", "serverNameToVerify")) === "";
}
