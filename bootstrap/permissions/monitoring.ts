// Logs, alarms, events, and what no ARN can name.

import { managed, own, type Permission } from "./permission";

export const monitoring: Readonly<Record<string, Permission>> = {
  CloudWatch: {
    types: ["aws:cloudwatch/metricAlarm:", "aws:cloudwatch/dashboard:"],
    actions: managed(
      "cloudwatch",
      "PutMetricAlarm",
      "DeleteAlarms",
      "DescribeAlarms",
      "PutDashboard",
      "GetDashboard",
      "DeleteDashboards",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ),
    resources: [own("cloudwatch"), "arn:${AWS::Partition}:cloudwatch::${AWS::AccountId}:dashboard/*"],
  },
  Events: {
    types: ["aws:cloudwatch/eventRule:", "aws:cloudwatch/eventTarget:"],
    actions: managed(
      "events",
      "PutRule",
      "DescribeRule",
      "DeleteRule",
      "EnableRule",
      "DisableRule",
      "PutTargets",
      "RemoveTargets",
      "ListTargetsByRule",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ),
    resources: [own("events", "rule/*")],
  },
  Logs: {
    types: ["aws:cloudwatch/logGroup:", "aws:cloudwatch/logMetricFilter:", "aws:cloudwatch/logResourcePolicy:"],
    actions: managed(
      "logs",
      "CreateLogGroup",
      "DeleteLogGroup",
      "PutRetentionPolicy",
      "DeleteRetentionPolicy",
      "AssociateKmsKey",
      "DisassociateKmsKey",
      "PutMetricFilter",
      "DeleteMetricFilter",
      "DescribeMetricFilters",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ),
    resources: [own("logs")],
  },
  // Delivery of access logs is configured account-wide: these actions do not support resource-level permissions.
  LogDelivery: {
    types: ["aws:apigateway/stage:", "aws:apigatewayv2/stage:", "aws:cloudwatch/logResourcePolicy:"],
    actions: managed(
      "logs",
      "CreateLogDelivery",
      "DeleteLogDelivery",
      "GetLogDelivery",
      "ListLogDeliveries",
      "UpdateLogDelivery",
      "PutResourcePolicy",
      "DeleteResourcePolicy",
      "DescribeResourcePolicies",
      "DescribeLogGroups",
    ),
    resources: ["*"],
  },
  Sns: {
    types: ["aws:sns/"],
    actions: managed(
      "sns",
      "CreateTopic",
      "GetTopicAttributes",
      "SetTopicAttributes",
      "DeleteTopic",
      "Subscribe",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ),
    resources: [own("sns")],
  },
  // Actions without resource-level permissions: IAM evaluates them against `*`, which an ARN pattern never matches.
  Unplaced: {
    types: [
      ...["aws:acm/", "aws:appautoscaling/", "aws:cognito/", "aws:ec2/vpcEndpoint:", "aws:sns/topicSubscription:"],
      "aws:sagemaker/modelPackageGroup:",
    ],
    actions: [
      "acm:RequestCertificate",
      ...managed(
        "application-autoscaling",
        "DescribeScalableTargets",
        "DescribeScalingPolicies",
        "DescribeScheduledActions",
      ),
      "cognito-idp:CreateUserPool",
      "cognito-idp:DescribeUserPoolDomain",
      // Private DNS of an interface endpoint is a hosted zone that AWS manages.
      "route53:AssociateVPCWithHostedZone",
      "sagemaker:ListModelPackages",
      ...managed("sns", "GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe"),
    ],
    resources: ["*"],
  },
};
