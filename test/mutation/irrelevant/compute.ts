// What does not matter for security, of functions, jobs and the roles with which they run: see irrelevance.ts.

import { fails, type Irrelevant } from "./row";

export const compute: readonly Irrelevant[] = [
  // Lambda
  {
    type: /lambda\/(alias|invocation):/,
    path: /^(?!.*secret)/,
    why: "which version answers: without it calls fail, or the last version answers",
  },
  { type: /lambda\/function:/, path: /^$/, why: fails },
  {
    type: /lambda\/function:/,
    path: /^(architectures|handler|memorySize|name|publish|replace\w+|reservedConcurrentExecutions|loggingConfig\b.*)/,
    kinds: /^(?!account)/,
    why: "whether it starts, how fast, and under which name: a function without its own falls back to its default log, which is the same",
  },
  {
    type: /lambda\/function:/,
    path: /^timeout$/,
    why: "Lambda refuses more than 900 seconds",
    name: /(publisher|rotation)/,
  },
  { type: /lambda\/function:/, path: /^layers(\.\d+)?$/, kinds: /^(deleted|emptied)$/, why: fails },
  {
    type: /lambda\/function:/,
    path: /^(vpcConfig(\.subnetIds|\.securityGroupIds)?)$/,
    name: /authorizer/,
    why: "an authorizer may run outside of the network: it has to reach its issuer",
  },
  { type: /lambda\/function:/, path: /^vpcConfig\.securityGroupIds$/, why: "Lambda refuses subnets without a group" },
  {
    type: /lambda\/function:/,
    path: /^environment(\.variables(\.\w+)?)?$/,
    kinds: /^(deleted|service|reference)$/,
    why: "a function does not start without what it needs to know, and its role reaches no other bucket",
  },
  { type: /lambda\/permission:/, path: /^(|function|qualifier)$/, why: fails },
  { type: /lambda\/layerVersion:/, path: /^(|layerName|compatibleArchitectures)$/, why: fails },

  // SageMaker
  {
    type: /s3\/bucketObjectv2:/,
    path: /^source\.(?!.*(Kms|Image|RoleArn|VpcConfig|Isolation|Encrypt))/,
    why: "what a job computes, on which machines and how often: within the job's role and network",
  },
  {
    type: /s3\/bucketObjectv2:/,
    path: /(Image|ImageUri|RoleArn|InferenceSpecification\b.*|Subnets\.\d+)$/,
    kinds: /^deleted$/,
    why: fails,
  },
  {
    type: /sagemaker\/(modelPackageGroup|pipeline):/,
    path: /^(|modelPackageGroupName|pipelineName|pipelineDisplayName|roleArn)$/,
    kinds: /^(dropped|deleted)$/,
    why: fails,
  },
  {
    type: /scheduler\/schedule:/,
    path: /^(?!.*(account|roleArn|kmsKeyArn|arn))/,
    why: "when it starts, and with which parameters, whose defaults are the strictest",
  },
  { type: /scheduler\/schedule:/, path: /^target\.(arn|roleArn)$/, kinds: /^deleted$/, why: fails },
  {
    type: /sagemaker\/(endpoint|endpointConfiguration|model):/,
    path: /^(|name|productionVariants\.0\.(modelName|variantName|instanceType)|primaryContainer\.modelDataSource\.s3DataSources\.0\.compressionType)$/,
    kinds: /^(dropped|deleted)$/,
    why: fails,
  },
  {
    type: /sagemaker\/model:/,
    path: /^primaryContainer\.environment(\.SAGEMAKER_TRITON_DEFAULT_MODEL_NAME)?$/,
    kinds: /^deleted$/,
    why: "the engine starts with no model but the one in its repository, or not at all; what else it says is required by a rule",
  },
  {
    type: /sagemaker\/endpointConfiguration:/,
    path: /^productionVariants\.0\.\w+TimeoutInSeconds$/,
    kinds: /^(deleted|raised|zero)$/,
    why: "how long a start may take before it counts as failed",
  },
  {
    type: /sagemaker\/endpointConfiguration:/,
    path: /^productionVariants\.0\.initialInstanceCount$/,
    kinds: /^raised$/,
    why: "how many instances there are: what they cost",
  },
  {
    type: /sagemaker\/endpoint:/,
    path: /^deploymentConfig\.blueGreenUpdatePolicy\.trafficRoutingConfiguration\.(canarySize\b.*|type)$/,
    kinds: /^(deleted|raised|zero)$/,
    why: "which part of the requests tries new instances first, and for how long: either way they roll back by the alarms",
  },
  {
    type: /sagemaker\/endpoint:/,
    path: /waitIntervalInSeconds$/,
    kinds: /^raised$/,
    why: "SageMaker refuses more than an hour",
  },
  {
    type: /appautoscaling\//,
    why: "how many instances or environments there are: what they cost, and how long callers wait, who are throttled before",
  },

  // IAM
  { type: /iam\/(role|policy):/, path: /^path$/, why: "the folder of a name" },
  { type: /iam\/rolePolicyAttachment:/, path: /^policyArn$/, kinds: /^deleted$/, why: fails },
  { type: /iam\/(role|policy):/, path: /^$/, why: fails },
  {
    type: /(iam\/role|LogResourcePolicy)/,
    path: /Condition\.(ArnLike\.aws:SourceArn|StringEquals\.aws:SourceAccount)$/,
    kinds: /^(deleted|anything)$/,
    name: /(schedule|flow|firewall|pipeline)/,
    why: "each of the two conditions alone binds the service to this account",
  },
  {
    type: /iam\/rolePolicy:/,
    path: /^$/,
    why: "what it denies, it denies to what it allows itself: without it the role may do less",
  },
];
