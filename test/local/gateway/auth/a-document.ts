// An API document with the security under test.

import type {
  OpenApiDocument,
  OpenApiOperation,
  OpenApiSecurityScheme,
  SecurityRequirement,
} from "../../../../graph/openapi";

export const apiKey: OpenApiSecurityScheme = { type: "apiKey", name: "x-api-key", in: "header" };

export const sigv4: OpenApiSecurityScheme = {
  type: "apiKey",
  name: "Authorization",
  in: "header",
  "x-amazon-apigateway-authtype": "awsSigv4",
};

export const functionArn = "arn:aws:lambda:eu-central-1:123456789012:function:authorizer:live";

export const tokenAuthorizer = (settings: object = {}): OpenApiSecurityScheme => ({
  type: "apiKey",
  name: "Authorization",
  in: "header",
  "x-amazon-apigateway-authtype": "custom",
  "x-amazon-apigateway-authorizer": {
    type: "token",
    authorizerUri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    ...settings,
  },
});

export const requestAuthorizer = (
  identitySource: string | undefined,
  settings: object = {},
): OpenApiSecurityScheme => ({
  ...tokenAuthorizer({ type: "request", identitySource, ...settings }),
  name: "Unused",
});

export const poolArn = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Example01";

export const userPool = (settings: object = {}): OpenApiSecurityScheme => ({
  type: "apiKey",
  name: "Authorization",
  in: "header",
  "x-amazon-apigateway-authtype": "cognito_user_pools",
  "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [poolArn], ...settings },
});

export function aDocument(
  schemes: Record<string, OpenApiSecurityScheme>,
  different: Partial<OpenApiDocument> = {},
): OpenApiDocument {
  return { openapi: "3.0.1", paths: {}, components: { securitySchemes: schemes }, ...different };
}

export function anOperation(...security: SecurityRequirement[]): OpenApiOperation {
  return { security };
}
