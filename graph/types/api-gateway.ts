// Resource types of API Gateway: REST APIs.

import { dnsSuffix, partitionOf } from "../../contract";
import { arn, type ResourceTypes, text } from "./resource-type";

export const apiGateway: ResourceTypes = {
  "aws:apigateway/account:Account": {
    outputs: () => ({
      id: "api-gateway-account",
      throttleSettings: [{ burstLimit: 5000, rateLimit: 10_000 }],
    }),
    replaceOnChanges: [],
    reviewed: "read by rules",
  },
  "aws:apigateway/apiKey:ApiKey": {
    outputs: ({ inputs, region, alphanumeric, secret, physical }) => {
      const id = alphanumeric("id", 10);
      return {
        id,
        name: physical,
        enabled: inputs.enabled ?? true,
        value: inputs.value ?? secret("value", 40),
        arn: controlArn(region, `/apikeys/${id}`),
        secrets: ["value"],
      };
    },
    replaceOnChanges: ["value"],
    reviewed: "read by rules",
  },
  "aws:apigateway/authorizer:Authorizer": {
    replaceOnChanges: ["restApi"],
  },
  "aws:apigateway/basePathMapping:BasePathMapping": {
    outputs: ({ inputs }) => ({
      id: `${text(inputs.domainName)}/${text(inputs.basePath)}`,
    }),
    replaceOnChanges: ["domainName", "domainNameId"],
    reviewed: "read by rules",
  },
  "aws:apigateway/deployment:Deployment": {
    outputs: ({ alphanumeric }) => ({ id: alphanumeric("id", 6) }),
    replaceOnChanges: ["restApi", "triggers", "variables"],
    reviewed: "read by rules",
  },
  "aws:apigateway/domainName:DomainName": {
    outputs: ({ inputs, region, alphanumeric }) => {
      const domain = text(inputs.domainName);
      return {
        id: domain,
        arn: controlArn(region, `/domainnames/${domain}`),
        regionalDomainName: `d-${alphanumeric("endpoint", 10)}.execute-api.${region}.${dnsSuffix(region)}`,
        regionalZoneId: "Z1UJRXOUMOOFQ8",
      };
    },
    replaceOnChanges: ["domainName"],
    reviewed: "read by rules",
  },
  "aws:apigateway/methodSettings:MethodSettings": {
    outputs: ({ inputs }) => ({
      id: `${text(inputs.restApi)}-${text(inputs.stageName)}-${text(inputs.methodPath)}`,
    }),
    replaceOnChanges: ["restApi", "stageName", "methodPath"],
    reviewed: "read by rules",
  },
  "aws:apigateway/restApi:RestApi": {
    outputs: ({ inputs, region, alphanumeric, physical }) => {
      const id = alphanumeric("id", 10);
      return {
        id,
        name: physical,
        arn: controlArn(region, `/restapis/${id}`),
        executionArn: arn("execute-api", region, id),
        rootResourceId: alphanumeric("root", 10),
        apiKeySource: inputs.apiKeySource ?? "HEADER",
      };
    },
    replaceOnChanges: [],
    reviewed: "read by rules",
  },
  "aws:apigateway/restApiPolicy:RestApiPolicy": {
    replaceOnChanges: ["restApiId"],
  },
  "aws:apigateway/stage:Stage": {
    outputs: ({ inputs, region }) => {
      const [api, stage] = [text(inputs.restApi), text(inputs.stageName)];
      return {
        id: `ags-${api}-${stage}`,
        arn: controlArn(region, `/restapis/${api}/stages/${stage}`),
        executionArn: arn("execute-api", region, `${api}/${stage}`),
        invokeUrl: `https://${api}.execute-api.${region}.${dnsSuffix(region)}/${stage}`,
      };
    },
    replaceOnChanges: ["restApi", "stageName"],
    reviewed: "read by rules",
  },
  "aws:apigateway/usagePlan:UsagePlan": {
    outputs: ({ region, alphanumeric, physical }) => {
      const id = alphanumeric("id", 6);
      return { id, name: physical, arn: controlArn(region, `/usageplans/${id}`) };
    },
    replaceOnChanges: [],
    reviewed: "read by rules",
  },
  "aws:apigateway/usagePlanKey:UsagePlanKey": {
    outputs: ({ inputs }) => ({ id: text(inputs.keyId) }),
    replaceOnChanges: ["keyId", "keyType", "usagePlanId"],
    reviewed: "read by rules",
  },
};

/** ARN in API Gateway's control plane, which has no account. */
function controlArn(region: string, path: string): string {
  return `arn:${partitionOf(region)}:apigateway:${region}::${path}`;
}
