// The APIs, their certificates, domains, firewalls and user pools.

import { managed, own, type Permission } from "./permission";

export const frontDoors: Readonly<Record<string, Permission>> = {
  Acm: {
    types: ["aws:acm/"],
    actions: managed(
      "acm",
      "DescribeCertificate",
      "DeleteCertificate",
      "ListTagsForCertificate",
      "AddTagsToCertificate",
      "RemoveTagsFromCertificate",
    ),
    resources: [own("acm", "certificate/*")],
  },
  ApiGateway: {
    types: ["aws:apigateway/", "aws:apigatewayv2/"],
    actions: managed(
      "apigateway",
      "GET",
      "POST",
      "PUT",
      "PATCH",
      "DELETE",
      "AddCertificateToDomain",
      "RemoveCertificateFromDomain",
      "SetWebACL",
      "UpdateRestApiPolicy",
    ),
    resources: ["arn:${AWS::Partition}:apigateway:*::/*"],
  },
  Cognito: {
    types: ["aws:cognito/"],
    actions: managed(
      "cognito-idp",
      "Create*",
      "Describe*",
      "Update*",
      "Delete*",
      "Get*",
      "List*",
      "SetUserPoolMfaConfig",
      "TagResource",
      "UntagResource",
    ),
    resources: [own("cognito-idp", "userpool/*")],
  },
  Route53: {
    types: ["aws:route53/"],
    actions: managed("route53", "ChangeResourceRecordSets", "GetChange", "GetHostedZone", "ListResourceRecordSets"),
    resources: ["arn:${AWS::Partition}:route53:::hostedzone/*", "arn:${AWS::Partition}:route53:::change/*"],
  },
  Waf: {
    types: ["aws:wafv2/"],
    actions: managed(
      "wafv2",
      "CreateWebACL",
      "GetWebACL*",
      "UpdateWebACL",
      "DeleteWebACL",
      "AssociateWebACL",
      "DisassociateWebACL",
      "CreateIPSet",
      "GetIPSet",
      "UpdateIPSet",
      "DeleteIPSet",
      "PutLoggingConfiguration",
      "GetLoggingConfiguration",
      "DeleteLoggingConfiguration",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ),
    resources: [own("wafv2", "regional/*"), "arn:${AWS::Partition}:apigateway:*::/restapis/*"],
  },
};
