// Coverage rules for the resources of a REST API and their properties.

import { isEmpty, must, off, type PropertyRule, type ResourceRule } from "../request/coverage-rules";
import { securityPolicyProblem } from "../request/stage";

const besideDocument = {
  unsupported: "defines a part of a REST API outside its OpenAPI document, which alone is served",
};

const endpoint: PropertyRule = (value) => {
  const { types, vpcEndpointIds } = (Array.isArray(value) ? value[0] : value) as {
    types?: unknown;
    vpcEndpointIds?: unknown;
  };
  const type: unknown = Array.isArray(types) ? types[0] : types;
  if (type !== "REGIONAL" && type !== "EDGE")
    return "is PRIVATE: who reaches it is decided by VPC endpoints, not enforced locally";
  return isEmpty(vpcEndpointIds) ? undefined : "names VPC endpoints, which are not enforced locally";
};

const methodSettings: PropertyRule = (value) => {
  const known = new Set([
    "cacheDataEncrypted",
    "cacheTtlInSeconds",
    "cachingEnabled",
    "dataTraceEnabled",
    "loggingLevel",
    "metricsEnabled",
    "requireAuthorizationForCacheControl",
    "throttlingBurstLimit",
    "throttlingRateLimit",
    "unauthorizedCacheControlHeaderStrategy",
  ]);
  const unknown = Object.keys(value as object).find((name) => !known.has(name));
  if (unknown !== undefined) return `has a field that the local gateway does not know: ${unknown}`;
  return (value as { cachingEnabled?: unknown }).cachingEnabled === true
    ? "caches responses, which is not done locally"
    : undefined;
};

export const restResources: Readonly<Record<string, ResourceRule>> = {
  "aws:apigateway/restApi:RestApi": {
    properties: {
      apiKeySource: "enforced",
      binaryMediaTypes: "enforced",
      body: "enforced",
      disableExecuteApiEndpoint: "enforced",
      endpointAccessMode: must(["BASIC", "STRICT"], "is neither BASIC nor STRICT"),
      endpointConfiguration: endpoint,
      failOnWarnings: "irrelevant",
      minimumCompressionSize: must([-1, "-1", ""], "turns compression on, which is not done locally"),
      parameters: (value) =>
        isEmpty(value) ? undefined : "changes how the document is imported, which is not done locally",
      policy: (value) =>
        isEmpty(value) ? undefined : "is a resource policy beside the document, whose own is the one that is evaluated",
      putRestApiMode: "irrelevant",
      securityPolicy: securityPolicyProblem,
    },
  },
  "aws:apigateway/stage:Stage": {
    properties: {
      accessLogSettings: "enforced",
      cacheClusterEnabled: off,
      cacheClusterSize: "irrelevant",
      canarySettings: (value) =>
        isEmpty(value) ? undefined : "sends a share of the calls to another deployment, not done locally",
      // Sent to HTTP backends only; Lambda functions are invoked through IAM.
      clientCertificateId: "irrelevant",
      deployment: "enforced",
      documentationVersion: "irrelevant",
      restApi: "enforced",
      stageName: "enforced",
      variables: "enforced",
      xrayTracingEnabled: "irrelevant",
    },
  },
  "aws:apigateway/deployment:Deployment": {
    properties: {
      restApi: "enforced",
      triggers: "irrelevant",
      variables: (value) => (isEmpty(value) ? undefined : "sets stage variables; set them on the stage"),
    },
  },
  "aws:apigateway/methodSettings:MethodSettings": {
    properties: { methodPath: "enforced", restApi: "enforced", settings: methodSettings, stageName: "enforced" },
  },
  "aws:apigateway/usagePlan:UsagePlan": {
    properties: {
      apiStages: "enforced",
      productCode: "irrelevant",
      quotaSettings: "enforced",
      throttleSettings: "enforced",
    },
  },
  "aws:apigateway/usagePlanKey:UsagePlanKey": {
    properties: { keyId: "enforced", keyType: must(["API_KEY"], "is not API_KEY"), usagePlanId: "enforced" },
  },
  "aws:apigateway/apiKey:ApiKey": { properties: { customerId: "irrelevant", enabled: "enforced", value: "enforced" } },
  "aws:apigateway/account:Account": { irrelevant: "the role for the logs of the whole account" },
  "aws:apigateway/clientCertificate:ClientCertificate": {
    irrelevant: "shown only to HTTP backends, and there are none",
  },
  "aws:apigateway/documentationPart:DocumentationPart": { irrelevant: "text" },
  "aws:apigateway/documentationVersion:DocumentationVersion": { irrelevant: "text" },
  "aws:apigateway/authorizer:Authorizer": besideDocument,
  "aws:apigateway/integration:Integration": besideDocument,
  "aws:apigateway/integrationResponse:IntegrationResponse": besideDocument,
  "aws:apigateway/method:Method": besideDocument,
  "aws:apigateway/methodResponse:MethodResponse": besideDocument,
  "aws:apigateway/model:Model": besideDocument,
  "aws:apigateway/requestValidator:RequestValidator": besideDocument,
  "aws:apigateway/resource:Resource": besideDocument,
  "aws:apigateway/response:Response": besideDocument,
  "aws:apigateway/restApiPut:RestApiPut": besideDocument,
  "aws:apigateway/restApiPolicy:RestApiPolicy": {
    unsupported: "is a resource policy beside the document, whose own is the one that is evaluated",
  },
  "aws:apigateway/vpcLink:VpcLink": { unsupported: "leads into a network, which does not exist locally" },
  "aws:apigateway/domainName:DomainName": {
    properties: {
      certificateArn: "irrelevant",
      domainName: "enforced",
      endpointAccessMode: must(["BASIC", "STRICT"], "is neither BASIC nor STRICT"),
      endpointConfiguration: endpoint,
      mutualTlsAuthentication: "enforced",
      ownershipVerificationCertificateArn: "irrelevant",
      policy: (value) => (isEmpty(value) ? undefined : "is a resource policy, which is not evaluated locally yet"),
      regionalCertificateArn: "irrelevant",
      routingMode: must(["BASE_PATH_MAPPING_ONLY"], "chooses APIs by routing rules, which is not done locally"),
      securityPolicy: securityPolicyProblem,
    },
  },
  "aws:apigateway/basePathMapping:BasePathMapping": {
    properties: { basePath: "enforced", domainName: "enforced", restApi: "enforced", stageName: "enforced" },
  },
};
