// Coverage rules for the resources that decide about callers before an API does: user pools and firewalls.

import { isEmpty, type ResourceRule } from "./resource-rule";

const userLogin = { refused: "changes who gets tokens in a way that the local issuer does not know" };

export const callerResources: Readonly<Record<string, ResourceRule>> = {
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
