// Resource types of API Gateway: HTTP APIs.

import { dnsSuffix, partitionOf } from "../../contract";
import { arn, type Inputs, type ResourceTypes, text } from "./resource-type";

export const apiGatewayV2: ResourceTypes = {
  "aws:apigatewayv2/api:Api": {
    outputs: ({ region, alphanumeric, physical }) => {
      const id = alphanumeric("id", 10);
      return {
        id,
        name: physical,
        apiEndpoint: `https://${id}.execute-api.${region}.${dnsSuffix(region)}`,
        arn: controlArn(region, `/apis/${id}`),
        executionArn: arn("execute-api", region, id),
        apiKeySelectionExpression: "$request.header.x-api-key",
        routeSelectionExpression: "$request.method $request.path",
        ipAddressType: "ipv4",
      };
    },
    replaceOnChanges: ["protocolType"],
    reviewed: "read by rules",
  },
  "aws:apigatewayv2/apiMapping:ApiMapping": {
    outputs: ({ alphanumeric }) => ({ id: alphanumeric("id", 6) }),
    replaceOnChanges: ["apiId", "domainName"],
    reviewed: "read by rules",
  },
  "aws:apigatewayv2/deployment:Deployment": {
    outputs: ({ alphanumeric }) => ({ id: alphanumeric("id", 6), autoDeployed: false }),
    replaceOnChanges: ["apiId", "triggers"],
    reviewed: "opens nothing",
  },
  "aws:apigatewayv2/domainName:DomainName": {
    outputs: ({ inputs, region, alphanumeric }) => {
      const domain = text(inputs.domainName);
      return {
        id: domain,
        arn: controlArn(region, `/domainnames/${domain}`),
        apiMappingSelectionExpression: "$request.basepath",
        domainNameConfiguration: {
          ...(inputs.domainNameConfiguration as Inputs),
          targetDomainName: `d-${alphanumeric("endpoint", 10)}.execute-api.${region}.${dnsSuffix(region)}`,
          hostedZoneId: "Z1UJRXOUMOOFQ8",
        },
      };
    },
    replaceOnChanges: ["domainName"],
    reviewed: "read by rules",
  },
  "aws:apigatewayv2/stage:Stage": {
    outputs: ({ inputs, region }) => {
      const [api, stage] = [text(inputs.apiId), text(inputs.name)];
      return {
        id: stage,
        arn: controlArn(region, `/apis/${api}/stages/${stage}`),
        executionArn: arn("execute-api", region, `${api}/${stage}`),
        invokeUrl: `https://${api}.execute-api.${region}.${dnsSuffix(region)}/${stage === "$default" ? "" : stage}`,
      };
    },
    replaceOnChanges: ["apiId", "name"],
    reviewed: "read by rules",
  },
};

/** ARN in API Gateway's control plane, which has no account. */
function controlArn(region: string, path: string): string {
  return `arn:${partitionOf(region)}:apigateway:${region}::${path}`;
}
