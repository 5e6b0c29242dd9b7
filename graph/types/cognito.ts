// Resource types of Cognito.

import { dnsSuffix } from "../../contract";
import { account, arn, type ResourceTypes, text } from "./resource-type";

export const cognito: ResourceTypes = {
  "aws:cognito/resourceServer:ResourceServer": {
    outputs: ({ inputs }) => ({
      id: `${text(inputs.userPoolId)}|${text(inputs.identifier)}`,
      scopeIdentifiers: (Array.isArray(inputs.scopes) ? inputs.scopes : []).map(
        (scope: { scopeName?: unknown }) => `${text(inputs.identifier)}/${text(scope.scopeName)}`,
      ),
    }),
    replaceOnChanges: ["identifier", "userPoolId"],
    reviewed: "opens nothing",
  },
  "aws:cognito/userPool:UserPool": {
    outputs: ({ region, alphanumeric, physical }) => {
      const id = `${region}_${alphanumeric("id", 9)}`;
      return {
        id,
        name: physical,
        arn: arn("cognito-idp", region, `userpool/${id}`),
        endpoint: `cognito-idp.${region}.${dnsSuffix(region)}/${id}`,
      };
    },
    replaceOnChanges: ["usernameAttributes", "usernameConfiguration", "aliasAttributes"],
    reviewed: "read by rules",
  },
  "aws:cognito/userPoolClient:UserPoolClient": {
    outputs: ({ alphanumeric, secret, physical }) => ({
      id: alphanumeric("id", 26),
      name: physical,
      clientSecret: secret("secret", 51),
      secrets: ["clientSecret"],
    }),
    replaceOnChanges: ["generateSecret", "userPoolId"],
    reviewed: "read by rules",
  },
  "aws:cognito/userPoolDomain:UserPoolDomain": {
    outputs: ({ inputs, alphanumeric }) => ({
      id: text(inputs.domain),
      awsAccountId: account,
      cloudfrontDistribution: `d${alphanumeric("distribution", 13)}.cloudfront.net`,
    }),
    replaceOnChanges: ["domain", "userPoolId"],
    reviewed: "opens nothing",
  },
};
