// The table of the resources that decide who may call an API or what answers: what becomes of each, and of its properties.

import { httpResources } from "./http/resource-coverage";
import { isEmpty, must, type PropertyRule, type ResourceRule } from "./resource-rule";
import { policyFault } from "./security-policy";

/** Properties of any resource that decide nothing. */
export const everywhere: ReadonlySet<string> = new Set(["description", "name", "region", "tags", "tagsAll"]);

/** What is not in the table stops the start if it is of one of these. */
export const families: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern:
      /^aws:(?:apigateway|apigatewayv2|cognito|lambda|wafv2|waf|wafregional|cloudfront|verifiedpermissions|verifiedaccess)\//,
    why: "may decide who can call or what answers, and is not known to the local gateway",
  },
  {
    // The same services through another provider or component package, whose children a graph may not show.
    pattern:
      /^(?:aws-apigateway:|awsx:.*(?:apigateway|cognito|lambda)|aws-native:(?:apigateway|apigatewayv2|cognito|lambda|wafv2):)/,
    why: "is of another provider than aws, and is not known to the local gateway",
  },
];

const besideDocument = { refused: "defines a part of a REST API outside its OpenAPI document, which alone is served" };
const userLogin = { refused: "changes who gets tokens in a way that the local issuer does not know" };

const off = must([false, ""], "is set, and is not enforced locally");

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

export const resources: Readonly<Record<string, ResourceRule>> = {
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
      securityPolicy: policyFault,
    },
  },
  "aws:apigateway/stage:Stage": {
    properties: {
      accessLogSettings: "enforced",
      cacheClusterEnabled: off,
      cacheClusterSize: "irrelevant",
      canarySettings: (value) =>
        isEmpty(value) ? undefined : "sends a share of the calls to another deployment, not done locally",
      // Shown to HTTP backends; a Lambda function is invoked through IAM.
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
    irrelevant: "shown to HTTP backends, of which there are none",
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
    refused: "is a resource policy beside the document, whose own is the one that is evaluated",
  },
  "aws:apigateway/vpcLink:VpcLink": { refused: "leads into a network, which does not exist locally" },
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
      securityPolicy: policyFault,
    },
  },
  "aws:apigateway/basePathMapping:BasePathMapping": {
    properties: { basePath: "enforced", domainName: "enforced", restApi: "enforced", stageName: "enforced" },
  },

  ...httpResources,

  "aws:lambda/permission:Permission": {
    properties: {
      action: "enforced",
      eventSourceToken: "enforced",
      function: "enforced",
      functionUrlAuthType: (value) =>
        isEmpty(value) ? undefined : "opens a function URL, which is not served locally",
      invokedViaFunctionUrl: off,
      principal: "enforced",
      principalOrgId: "enforced",
      qualifier: "enforced",
      sourceAccount: "enforced",
      sourceArn: "enforced",
      statementId: "irrelevant",
      statementIdPrefix: "irrelevant",
    },
  },
  "aws:lambda/alias:Alias": {
    properties: {
      functionName: "enforced",
      functionVersion: "enforced",
      routingConfig: (value) =>
        isEmpty(value) ? undefined : "sends a share of the calls to another version, not done locally",
    },
  },
  "aws:lambda/function:Function": { irrelevant: "checked when it is deployed locally" },
  "aws:lambda/layerVersion:LayerVersion": { irrelevant: "checked when its functions are deployed locally" },
  "aws:lambda/layerVersionPermission:LayerVersionPermission": { irrelevant: "lets others read a layer" },
  "aws:lambda/codeSigningConfig:CodeSigningConfig": { irrelevant: "judges archives when they are deployed to AWS" },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": { irrelevant: "of asynchronous invocations" },
  "aws:lambda/eventSourceMapping:EventSourceMapping": { irrelevant: "of asynchronous invocations" },
  "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": { irrelevant: "of asynchronous invocations" },
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": { irrelevant: "environments kept warm" },
  "aws:lambda/runtimeManagementConfig:RuntimeManagementConfig": { irrelevant: "when AWS updates the runtime" },
  "aws:lambda/invocation:Invocation": { irrelevant: "an event that the local run sends when it starts" },
  "aws:lambda/functionUrl:FunctionUrl": { refused: "is a front door of its own, which is not served locally" },

  "aws:cognito/resourceServer:ResourceServer": { irrelevant: "read by the local issuer" },
  "aws:cognito/userPool:UserPool": {
    irrelevant: "read by the local issuer",
    unless: {
      lambdaConfig: (value) =>
        isEmpty(value) ? undefined : "runs triggers that decide about tokens, not done locally",
    },
  },
  "aws:cognito/userPoolClient:UserPoolClient": { irrelevant: "read by the local issuer" },
  "aws:cognito/userPoolDomain:UserPoolDomain": { irrelevant: "the local issuer has an address of its own" },
  "aws:cognito/userPoolUICustomization:UserPoolUICustomization": { irrelevant: "looks" },
  "aws:cognito/managedLoginBranding:ManagedLoginBranding": { irrelevant: "looks" },
  "aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration": { irrelevant: "logs" },
  "aws:cognito/identityProvider:IdentityProvider": userLogin,
  "aws:cognito/riskConfiguration:RiskConfiguration": userLogin,

  "aws:wafv2/webAcl:WebAcl": { firewall: true },
  "aws:wafv2/webAclAssociation:WebAclAssociation": { irrelevant: "read with its web ACL" },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": { irrelevant: "logs" },
  "aws:wafv2/ipSet:IpSet": { irrelevant: "decides nothing but through a rule, which is read with its web ACL" },
  "aws:wafv2/regexPatternSet:RegexPatternSet": {
    irrelevant: "decides nothing but through a rule, which is read with its web ACL",
  },
};
