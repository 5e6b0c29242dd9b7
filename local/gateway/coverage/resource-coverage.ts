// Coverage rules for all resources that decide who may call an API or what answers, and for their properties.

import { httpResources } from "./http-api-resources";
import { restResources } from "./rest-resources";
import { type ResourceRule, isEmpty, off } from "../request/coverage-rules";

// Coverage rules for function resources: permissions are checked here, most other properties when they are deployed.

const functionResources: Readonly<Record<string, ResourceRule>> = {
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
  "aws:lambda/codeSigningConfig:CodeSigningConfig": { irrelevant: "checks archives when they are deployed to AWS" },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": { irrelevant: "of asynchronous invocations" },
  "aws:lambda/eventSourceMapping:EventSourceMapping": { irrelevant: "of asynchronous invocations" },
  "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": { irrelevant: "of asynchronous invocations" },
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": { irrelevant: "environments kept warm" },
  "aws:lambda/runtimeManagementConfig:RuntimeManagementConfig": { irrelevant: "when AWS updates the runtime" },
  "aws:lambda/invocation:Invocation": { irrelevant: "an event that the local run sends when it starts" },
  "aws:lambda/functionUrl:FunctionUrl": { unsupported: "is an endpoint of its own, which is not served locally" },
};

// Coverage rules for the resources that decide about callers before an API does: user pools and firewalls.

const userLogin = { unsupported: "changes who gets tokens in a way that the local issuer does not know" };

const callerResources: Readonly<Record<string, ResourceRule>> = {
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

/** Properties that are irrelevant in any resource. */
export const everywhere: ReadonlySet<string> = new Set(["description", "name", "region", "tags", "tagsAll"]);

/** Resource types that stop the start unless the table lists them. */
export const families: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern:
      /^aws:(?:apigateway|apigatewayv2|cognito|lambda|wafv2|waf|wafregional|cloudfront|verifiedpermissions|verifiedaccess)\//,
    why: "may decide who can call or what answers, and is not known to the local gateway",
  },
  {
    // The same services through another provider or component package, whose children may be missing from the graph.
    pattern:
      /^(?:aws-apigateway:|awsx:.*(?:apigateway|cognito|lambda)|aws-native:(?:apigateway|apigatewayv2|cognito|lambda|wafv2):)/,
    why: "is of another provider than aws, and is not known to the local gateway",
  },
];

export const resources: Readonly<Record<string, ResourceRule>> = {
  ...restResources,
  ...httpResources,
  ...functionResources,
  ...callerResources,
};
