// The permissions boundary: the most that any role of a stack can do, whatever policies a deployment gives it. It
// allows the actions that the program's own roles use (a test compares both ways), in this account only, and denies
// access to the state, its keys and the deployment's secrets.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html

import { auth0Secret, type Bootstrap, ownPath } from "./names";
import { inAccount, logical, type Statement, sub } from "./statement";

/** Actions by service prefix, restricted to resources in this account. */
const runtime: Readonly<Record<string, readonly string[]>> = {
  ec2: [
    "AssignPrivateIpAddresses",
    "CreateNetworkInterface",
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission",
    "DescribeDhcpOptions",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcs",
    "UnassignPrivateIpAddresses",
  ],
  cloudwatch: ["PutMetricData"],
  "execute-api": ["Invoke"],
  kms: ["CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey"],
  logs: [
    "CreateLogGroup",
    "CreateLogStream",
    // FilterLogEvents, GetLogEvents: only in AWS's AmazonAPIGatewayPushToCloudWatchLogs (log role).
    "DescribeLogGroups",
    "DescribeLogStreams",
    "FilterLogEvents",
    "GetLogEvents",
    "PutLogEvents",
  ],
  s3: ["GetObject", "GetObjectVersion", "ListBucket", "PutObject"],
  sagemaker: [
    "AddTags",
    "CreateModelPackage",
    "CreateModelPackageGroup",
    "CreateProcessingJob",
    "CreateTrainingJob",
    "DescribeModelPackage",
    "DescribeProcessingJob",
    "DescribeTrainingJob",
    "InvokeEndpoint",
    "StartPipelineExecution",
    "StopProcessingJob",
    "StopTrainingJob",
  ],
  secretsmanager: [
    "DescribeSecret",
    "GetSecretValue",
    "ListSecretVersionIds",
    "PutSecretValue",
    "UpdateSecretVersionStage",
  ],
  xray: ["PutTelemetryRecords", "PutTraceSegments"],
};

/** Management of API keys; `boundaryStatements` restricts it to their paths. */
const keys = ["GET", "POST", "PUT", "PATCH", "DELETE"].map((verb) => `apigateway:${verb}`);

/** Not restricted to this account: SageMaker's images are in AWS's own accounts. */
const images = ["BatchCheckLayerAvailability", "BatchGetImage", "GetAuthorizationToken", "GetDownloadUrlForLayer"];

export function boundaryStatements({ project, stacks }: Bootstrap): Statement[] {
  const gateway = (path: string) => sub(`arn:\${AWS::Partition}:apigateway:*::/${path}`);
  return [
    {
      Sid: "Runtime",
      Effect: "Allow",
      Action: Object.entries(runtime).flatMap(([service, verbs]) => verbs.map((verb) => `${service}:${verb}`)),
      Resource: ["*"],
      // No role can write to another account's bucket (exfiltration), or decrypt with another account's key.
      Condition: { StringEqualsIfExists: { "aws:ResourceAccount": sub("${AWS::AccountId}") } },
    },
    { Sid: "Images", Effect: "Allow", Action: images.map((verb) => `ecr:${verb}`), Resource: ["*"] },
    {
      Sid: "ApiKeys",
      Effect: "Allow",
      Action: keys,
      Resource: ["apikeys", "apikeys/*", "usageplans/*", "tags/*"].map(gateway),
    },
    {
      Sid: "TrainingRoles",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: stacks.map((stack) => inAccount(`role/${ownPath(project, stack)}/*`)),
      Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
    },
    {
      Sid: "State",
      Effect: "Deny",
      Action: ["s3:*"],
      Resource: [sub("${StateBucket.Arn}"), sub("${StateBucket.Arn}/*")],
    },
    {
      Sid: "StateKeys",
      Effect: "Deny",
      Action: ["kms:*"],
      Resource: [sub("${StateKey.Arn}"), ...stacks.map((stack) => sub(`\${${logical(stack)}Key.Arn}`))],
    },
    {
      Sid: "DeploymentSecrets",
      Effect: "Deny",
      Action: ["secretsmanager:*"],
      Resource: stacks.map((stack) =>
        sub(`arn:\${AWS::Partition}:secretsmanager:*:\${AWS::AccountId}:secret:${auth0Secret(project, stack)}-*`),
      ),
    },
  ];
}
