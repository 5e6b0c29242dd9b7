// The resource types of custom domains, for REST APIs and for HTTP APIs.

export const restDomainType = "aws:apigateway/domainName:DomainName";
export const httpDomainType = "aws:apigatewayv2/domainName:DomainName";
