// Computed outputs of API Gateway, ACM and Route 53 resources.

import { dnsSuffix, partitionOf } from "../../contract";
import { arn, type Inputs, type Rows, text } from "./row";

export const gateways: Rows = {
  "aws:acm/certificate:Certificate": ({ inputs, region, uuid, hex }) => {
    const domain = text(inputs.domainName);
    const certificateArn = arn("acm", region, `certificate/${uuid("id")}`);
    return {
      id: certificateArn,
      arn: certificateArn,
      status: "PENDING_VALIDATION",
      type: "AMAZON_ISSUED",
      keyAlgorithm: inputs.keyAlgorithm ?? "RSA_2048",
      renewalEligibility: "INELIGIBLE",
      subjectAlternativeNames: inputs.subjectAlternativeNames ?? [domain],
      domainValidationOptions: [
        {
          domainName: domain,
          resourceRecordName: `_${hex("proof name", 32)}.${domain}.`,
          resourceRecordType: "CNAME",
          resourceRecordValue: `_${hex("proof", 32)}.${hex("suffix", 10)}.acm-validations.aws.`,
        },
      ],
    };
  },
  "aws:acm/certificateValidation:CertificateValidation": ({ hex }) => {
    // The provider's id is the time at which the certificate was issued.
    const issued = new Date(Date.UTC(2026, 0, 1) + (Number.parseInt(hex("issued", 12), 16) % 31_536_000_000));
    return { id: `${issued.toISOString().slice(0, -1).replace("T", " ")} +0000 UTC` };
  },
  "aws:apigateway/account:Account": () => ({
    id: "api-gateway-account",
    throttleSettings: [{ burstLimit: 5000, rateLimit: 10_000 }],
  }),
  "aws:apigateway/apiKey:ApiKey": ({ inputs, region, alphanumeric, secret, physical }) => {
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
  "aws:apigateway/basePathMapping:BasePathMapping": ({ inputs }) => ({
    id: `${text(inputs.domainName)}/${text(inputs.basePath)}`,
  }),
  "aws:apigateway/deployment:Deployment": ({ alphanumeric }) => ({ id: alphanumeric("id", 6) }),
  "aws:apigateway/domainName:DomainName": ({ inputs, region, alphanumeric }) => {
    const domain = text(inputs.domainName);
    return {
      id: domain,
      arn: controlArn(region, `/domainnames/${domain}`),
      regionalDomainName: `d-${alphanumeric("endpoint", 10)}.execute-api.${region}.${dnsSuffix(region)}`,
      regionalZoneId: "Z1UJRXOUMOOFQ8",
    };
  },
  "aws:apigateway/methodSettings:MethodSettings": ({ inputs }) => ({
    id: `${text(inputs.restApi)}-${text(inputs.stageName)}-${text(inputs.methodPath)}`,
  }),
  "aws:apigateway/restApi:RestApi": ({ inputs, region, alphanumeric, physical }) => {
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
  "aws:apigateway/stage:Stage": ({ inputs, region }) => {
    const [api, stage] = [text(inputs.restApi), text(inputs.stageName)];
    return {
      id: `ags-${api}-${stage}`,
      arn: controlArn(region, `/restapis/${api}/stages/${stage}`),
      executionArn: arn("execute-api", region, `${api}/${stage}`),
      invokeUrl: `https://${api}.execute-api.${region}.${dnsSuffix(region)}/${stage}`,
    };
  },
  "aws:apigateway/usagePlan:UsagePlan": ({ region, alphanumeric, physical }) => {
    const id = alphanumeric("id", 6);
    return { id, name: physical, arn: controlArn(region, `/usageplans/${id}`) };
  },
  "aws:apigateway/usagePlanKey:UsagePlanKey": ({ inputs }) => ({ id: text(inputs.keyId) }),
  "aws:apigatewayv2/api:Api": ({ region, alphanumeric, physical }) => {
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
  "aws:apigatewayv2/apiMapping:ApiMapping": ({ alphanumeric }) => ({ id: alphanumeric("id", 6) }),
  "aws:apigatewayv2/deployment:Deployment": ({ alphanumeric }) => ({ id: alphanumeric("id", 6), autoDeployed: false }),
  "aws:apigatewayv2/domainName:DomainName": ({ inputs, region, alphanumeric }) => {
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
  "aws:apigatewayv2/stage:Stage": ({ inputs, region }) => {
    const [api, stage] = [text(inputs.apiId), text(inputs.name)];
    return {
      id: stage,
      arn: controlArn(region, `/apis/${api}/stages/${stage}`),
      executionArn: arn("execute-api", region, `${api}/${stage}`),
      invokeUrl: `https://${api}.execute-api.${region}.${dnsSuffix(region)}/${stage === "$default" ? "" : stage}`,
    };
  },
  "aws:route53/record:Record": ({ inputs }) => {
    const name = text(inputs.name).replace(/\.$/, "");
    return { id: `${text(inputs.zoneId)}_${name}_${text(inputs.type)}`, name, fqdn: name };
  },
};

/** ARN in API Gateway's control plane, which has no account. */
function controlArn(region: string, path: string): string {
  return `arn:${partitionOf(region)}:apigateway:${region}::${path}`;
}
