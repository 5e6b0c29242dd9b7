// What does not matter for security, of APIs, certificates, names, networks and the firewall: see irrelevance.ts.

import { fails, type Irrelevant } from "./row";

export const requests: readonly Irrelevant[] = [
  // ACM, Route 53: certificates and names. Whoever answers under a name needs its certificate.
  { type: /^aws:acm\//, path: /^(?!certificateArn)|^$/, why: "without a valid certificate the domain does not answer" },
  {
    type: /^aws:route53\//,
    kinds: /^(?!account)/,
    why: "a name that leads nowhere, or elsewhere: who answers there has no certificate for it",
  },

  // API Gateway
  { type: /^aws:apigateway(v2)?\/(deployment|account):/, path: /^$/, why: fails },
  {
    type: /^aws:apigatewayv2\/deployment:/,
    path: /^triggers/,
    why: "the stage's deployment carries the same trigger, and the API deploys what it has",
  },
  { type: /^aws:apigateway\/apiKey:/, path: /^$/, why: fails },
  { type: /^aws:apigateway\/usagePlanKey:/, path: /^keyType$/, why: fails },
  {
    type: /(RestApi|Api)$/,
    path: /^(version|name|body\.(info|openapi|servers)\b.*)$/,
    why: "names, and addresses for readers",
  },
  {
    type: /(RestApi|Api)$/,
    path: /\.(responses|parameters)(\.|$)/,
    why: "describes the answers, and the parts of the path, which are there in any call",
  },
  {
    type: /(RestApi|Api)$/,
    path: /securitySchemes\.\w+\.(in|type|name|flows)$/,
    why: "OpenAPI demands it of every scheme; AWS's extension beside it decides",
  },
  {
    type: /(RestApi|Api)$/,
    path: /integration\.(httpMethod|payloadFormatVersion|connectionType|timeoutInMillis)$/,
    why: "how long and by which format the gateway calls the function, which has a timeout of its own",
  },
  { type: /(RestApi|Api)$/, path: /integration\.uri$/, kinds: /^deleted$/, why: fails },
  { type: /RestApi$/, path: /gateway-responses/, why: "the text and headers of refusals" },
  {
    type: /RestApi$/,
    path: /(binary-media-types|api-key-source)/,
    why: "how bodies are encoded; a header is where keys are looked for anyway",
  },
  {
    type: /RestApi$/,
    path: /validateRequestBody$/,
    why: "the document declares no model of a body: the function validates it",
  },
  { type: /RestApi$/, path: /authorizerResultTtlInSeconds$/, kinds: /^zero$/, why: "no cache is the strictest" },
  {
    type: /(RestApi|DomainName)$/,
    path: /^(endpointConfiguration\b.*|domainNameConfiguration\.(endpointType|ipAddressType))$/,
    why: "an edge-optimised endpoint asks for the same credentials",
  },
  { type: /DomainName$/, path: /ertificateArn$/, kinds: /^deleted$/, why: fails },
  {
    type: /MethodSettings$/,
    path: /(dataTraceEnabled|cachingEnabled)$/,
    kinds: /^deleted$/,
    why: "off is the default",
  },
  {
    type: /apigateway(v2)?\/stage:/,
    path: /format\.(extendedRequestId|integrationLatencyMs|integrationStatus|latencyMs|responseBytes|responseType)$/,
    why: "for support and speed: not who called what",
  },
  {
    type: /apigateway(v2)?\/stage:/,
    path: /(detailedMetricsEnabled|^deploymentId)$/,
    why: "metrics by route, for speed",
  },
  {
    type: /RestApi$/,
    path: /^body\.x-amazon-apigateway-(endpoint-access-mode|security-policy)$/,
    kinds: /^deleted$/,
    why: "the API itself says the same beside its document",
  },
  {
    type: /apigateway\/stage:/,
    path: /format\.(principalId|client)$/,
    name: /^apiGateway-stage$/,
    why: "what a Lambda authorizer says: its routes ask for a signature and a key",
  },
  {
    type: /apigateway\/stage:/,
    path: /format\.(client|apiKeyId|userArn|subject)$/,
    name: /^auth0Authorizer-stage$/,
    why: "its authorizer names the caller (principalId); its routes ask for neither keys nor signatures",
  },
  {
    type: /apigateway\/stage:/,
    path: /format\.subject$/,
    name: /^apiGateway-stage$/,
    why: "what a user pool says: its routes ask for a signature and a key",
  },
  {
    type: /apigatewayv2\/stage:/,
    path: /format\.(method|client|userArn)$/,
    why: "the route's key contains the method, and the subject names the caller; no route asks for a signature",
  },

  // Networks
  { type: /ec2\/(eip|internetGateway|natGateway|route|routeTable|routeTableAssociation):/, why: fails },
  { type: /ec2\/(subnet|vpc):/, path: /^(|cidrBlock|vpcId|enableDns\w+)$/, why: fails },
  {
    type: /ec2\/defaultSecurityGroup:/,
    path: /^(egress|ingress)$/,
    why: "a default group that declares nothing has nothing",
  },
  {
    type: /ec2\/securityGroup:/,
    path: /^(|vpcId|ingress|egress|(in|e)gress\.\d+(\.(cidrBlocks(\.\d+)?|prefixListIds|securityGroups|protocol|fromPort|toPort))?)$/,
    kinds: /^(dropped|deleted|emptied|reference)$/,
    why: "less is let through, or AWS refuses the rule",
  },
  {
    type: /ec2\/flowLog:/,
    path: /^(iamRoleArn|logDestination|logDestinationType|maxAggregationInterval)$/,
    kinds: /^(?!account)/,
    why: "AWS refuses a flow log without a destination; how often it writes",
  },
  {
    type: /ec2\/vpcEndpoint:/,
    path: /^(|policy\.Statement|privateDnsEnabled|(routeTable|securityGroup|subnet)Ids\b.*|serviceName|vpcEndpointType)$/,
    why: fails,
  },
  {
    type: /ec2\/subnet:/,
    path: /^mapPublicIpOnLaunch$/,
    kinds: /^(flipped|deleted)$/,
    name: /-nat-/,
    why: "a NAT gateway's subnet gives public addresses; no longer to give them is stricter",
  },

  // WAF
  { type: /wafv2\/webAcl:/, path: /^$/, why: fails },
  { type: /wafv2\/ipSet:/, kinds: /^(?!account)/, why: "which networks are blocked is a setting, and none need be" },
  {
    type: /wafv2\/webAcl:/,
    path: /(visibilityConfig\.(metricName|sampledRequestsEnabled)|\.priority|^name|\.name|^scope|textTransformations\b.*)$/,
    why: "names, order and samples",
  },
  {
    type: /wafv2\/webAcl:/,
    path: /(^defaultAction(\.allow)?|vendorName|regexString|\.statement(\.\w+)?|aggregateKeyType|customKeys\.\d+\.header)$/,
    kinds: /^deleted$/,
    why: "WAF refuses a rule that is not whole",
  },
  {
    type: /wafv2\/webAcl:/,
    path: /(ruleActionOverrides\.\d+|evaluationWindowSec|ipSetReferenceStatement.*)$/,
    kinds: /^(deleted|raised)$/,
    why: "without an override more is blocked; WAF takes windows of 60 to 600 seconds",
  },
  { type: /wafv2\/webAcl:/, path: /\.limit$/, kinds: /^zero$/, why: "WAF refuses less than 10" },
];
