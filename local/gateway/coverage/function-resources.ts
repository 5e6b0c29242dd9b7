// Coverage rules for function resources: permissions are checked here, most other properties when they are deployed.

import { isEmpty, off, type ResourceRule } from "./resource-rule";

export const functionResources: Readonly<Record<string, ResourceRule>> = {
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
};
