// What declares each gate of an API or of a custom domain: the resources to look at when one has refused a call.

import { type Graph, moduleIn, ofType } from "../graph/resource";

const apiTypes = ["aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api"];
const domainTypes = ["aws:apigateway/domainName:DomainName", "aws:apigatewayv2/domainName:DomainName"];
const stageTypes = ["aws:apigateway/stage:Stage", "aws:apigatewayv2/stage:Stage"];

/** By the gate's name, types of the resources within the API's module that declare it. */
const declaring: Readonly<Record<string, readonly string[]>> = {
  clientCertificate: domainTypes,
  domain: domainTypes,
  endpoint: [...apiTypes, ...stageTypes],
  methodSelection: apiTypes,
  routeSelection: apiTypes,
  corsPreflight: apiTypes,
  requestValidation: apiTypes,
  authorization: [...apiTypes, "aws:cognito/userPool:UserPool"],
  usagePlan: ["aws:apigateway/usagePlan:UsagePlan", "aws:apigateway/methodSettings:MethodSettings"],
  throttling: stageTypes,
};

/** Gates in which a function decides or answers; those of an authorizer are permitted for `…/authorizers/*` of the API. */
const functionGates: Readonly<Record<string, (sourceArn: string) => boolean>> = {
  authorization: (sourceArn) => sourceArn.includes("/authorizers/"),
  integration: (sourceArn) => !sourceArn.includes("/authorizers/"),
};

/**
 * @param target name of the API's component, or the custom domain's name
 * @returns by the gate's name the URNs, those within the API's module first
 */
export function gatesOf(target: string, graph: Graph): (gate: string) => string[] {
  const moduleOf = moduleIn(graph);
  const domain = domainTypes
    .flatMap((type) => ofType(graph, type))
    .find(({ inputs }) => String(inputs.domainName).toLowerCase() === target);
  const module = domain === undefined ? target : moduleOf(domain).name;
  const own = graph.resources.filter((resource) => moduleOf(resource).name === module);
  const apis = own.filter(({ type }) => apiTypes.includes(type));
  const isOfApi = (arn: unknown): boolean => apis.some(({ id }) => new RegExp(`[:/]${id}(/|$)`).test(String(arn)));
  return (gate) => {
    const found = own.filter(({ type }) => declaring[gate]?.includes(type));
    const isAllowed = functionGates[gate];
    if (isAllowed !== undefined) {
      const names = ofType(graph, "aws:lambda/permission:Permission")
        .filter(({ inputs }) => isOfApi(inputs.sourceArn) && isAllowed(String(inputs.sourceArn)))
        .map(({ inputs }) => inputs.function);
      found.push(...ofType(graph, "aws:lambda/function:Function").filter(({ inputs }) => names.includes(inputs.name)));
    }
    if (gate === "webAcl") {
      const arns = ofType(graph, "aws:wafv2/webAclAssociation:WebAclAssociation")
        .filter(({ inputs }) => isOfApi(inputs.resourceArn))
        .map(({ inputs }) => inputs.webAclArn);
      found.push(...ofType(graph, "aws:wafv2/webAcl:WebAcl").filter(({ outputs }) => arns.includes(outputs.arn)));
    }
    return found.map(({ urn }) => urn);
  };
}
