// What does not matter for security, by service: see irrelevant.ts.

import type { Irrelevant } from "./irrelevant";

/** It is gone: what needs it fails, and nobody can do more than before. */
const fails = "without it, what needs it fails, and nobody may do more";

export const ofServices: readonly Irrelevant[] = [
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
    type: /RestApi$/,
    path: /paths\..*\.(security\.\d+|x-amazon-apigateway-auth)$/,
    name: /^apiGateway-api$/,
    why: "the signature is asked for twice, by the scheme and by the extension: one of them is enough",
  },
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

  // CloudWatch, EventBridge
  { type: /Dashboard$/, why: "it shows, and decides nothing" },
  {
    type: /LogGroup$/,
    path: /^(name|retentionInDays)$/,
    kinds: /^(deleted|raised|reference)$/,
    why: "whoever writes to the group follows its name, or is a rule's matter; more days keep more",
  },
  { type: /LogMetricFilter$/, path: /(defaultValue|unit)$/, why: "how the metric is drawn" },
  {
    type: /MetricAlarm$/,
    path: /^(okActions|evaluateLowSampleCountPercentiles|treatMissingData|name)/,
    kinds: /^(?!account)/,
    why: "the end of an alarm, its name, and hours without calls",
  },
  {
    type: /MetricAlarm$/,
    path: /^(comparisonOperator|evaluationPeriods|period|statistic)$|metric\.(period|stat)$/,
    why: "CloudWatch refuses an alarm without it, with none, or over more than a week",
  },
  { type: /MetricAlarm$/, path: /^threshold$/, kinds: /^zero$/, why: "it rings at once" },
  {
    type: /MetricAlarm$/,
    name: /(latency|canary|concurrency|model-function|execution-failed|publication-failed)/,
    path: /^(?!.*Actions)|^$/,
    why: "speed and availability: nobody is let in while it is silent",
  },
  {
    type: /MetricAlarm$/,
    name: /-errors$|-throttles$/,
    path: /^(threshold|$)/,
    why: "failures and capacity: who is refused is the alarm on denials",
  },
  {
    type: /EventRule$|EventTarget$/,
    name: /canary|sweep/,
    path: /^(?!arn)/,
    why: "measures, and tidies keys that are past their overlap: the alarm on a key that is too old tells of it",
  },
  { type: /EventTarget$/, path: /^$/, name: /approved/, why: fails },
  { type: /EventRule$/, path: /^$/, name: /approved/, why: fails },
  {
    type: /EventRule$/,
    path: /^eventPattern$/,
    kinds: /^deleted$/,
    why: "EventBridge refuses a rule without a pattern and without a schedule",
  },
  { type: /MetricAlarm$/, path: /^alarmActions\.\d+$/, kinds: /^deleted$/, why: "its other action is left" },
  { type: /LogResourcePolicy$/, path: /^(|policyDocument|policyDocument\.Statement|policyName)$/, why: fails },

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
    kinds: /^dropped$/,
    name: /^(?!.*(authorizer|model|publisher)-policy)/,
    why: "it allows only: without it the role may do less",
  },

  // Keys and secrets
  { type: /kms\/alias:/, why: "a name for people" },
  {
    type: /kms\/key:/,
    path: /^(|deletionWindowInDays)$/,
    kinds: /^(dropped|deleted|raised)$/,
    why: "what it encrypts can no longer be read; 30 days is AWS's default and maximum",
  },
  { type: /gcp:kms\/cryptoKeyIAMMember:/, why: "without it a member may do less" },
  {
    type: /gcp:kms\/(cryptoKey|keyRing):/,
    path: /^(destroyScheduledDuration|purpose|location|project|versionTemplate|versionTemplate\.algorithm)$/,
    kinds: /^deleted$/,
    why: "Google's default is the same: 30 days, symmetric encryption, the provider's project",
  },
  {
    type: /secretsmanager\/secret:/,
    path: /^(namePrefix|recoveryWindowInDays)$/,
    kinds: /^(deleted|raised)$/,
    why: "30 days is AWS's default and maximum",
  },
  { type: /secretsmanager\/secretRotation:/, path: /rotateImmediately/, why: "when the first of the rotations comes" },

  // S3
  { type: /s3\/bucket:/, path: /^$/, kinds: /^dropped$/, why: fails },
  {
    type: /s3\/bucketLifecycle/,
    path: /\.(filter|id|expiration|expiration\.days)$/,
    why: "which of its rules; how long current objects are kept",
  },
  { type: /s3\/bucketLogging:/, path: /^targetPrefix$/, why: "where in the target bucket" },
  { type: /s3\/bucketServerSideEncryption/, path: /bucketKeyEnabled/, why: "how often KMS is called" },
  {
    type: /s3\/bucketServerSideEncryption/,
    name: /(access-logs|truststore)/,
    why: "S3 encrypts by its own key whatever is said, which is what is declared here",
  },
  {
    type: /s3\/bucketObjectv2:/,
    path: /^(|bucket|key|contentType|source)$/,
    why: "what is read is pinned to a version of the object, which then does not exist",
  },

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
  { type: /scheduler\/schedule:/, path: /rn$/, kinds: /^deleted$/, why: fails },

  // SNS
  {
    type: /sns\/topicSubscription:/,
    path: /^(|protocol|endpoint)$/,
    why: "who is told is a setting; an address may be subscribed by hand",
  },
  { type: /sns\/topic:/, path: /^$/, kinds: /^dropped$/, why: fails },

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

  // Auth0, Cognito, and the providers
  {
    type: /^auth0:/,
    path: /^(name|isFirstParty|skipConsent\w+|jwtConfiguration\.(lifetimeInSeconds|secretEncoded)|subjectType|tokenDialect|authenticationMethod)$/,
    why: "how people log in, whom the client never is; and defaults of Auth0",
  },
  { type: /^auth0:.*ClientCredentials/, path: /^$/, why: "Auth0's default is the same" },
  {
    type: /^auth0:.*ResourceServer$/,
    path: /^tokenLifetime/,
    kinds: /^(zero|deleted)$/,
    why: "shorter is stricter, and a day is the default",
  },
  { type: /cognito\/(resourceServer|userPoolDomain):/, path: /^(?!userPoolId)|^$/, why: fails },
  {
    type: /cognito\/userPoolClient:/,
    path: /^(accessTokenValidity|tokenValidityUnits\b.*|allowedOauthFlowsUserPoolClient|supportedIdentityProviders)$/,
    why: "a token lives an hour by default and a day at most; without the rest no token is given",
  },
  { type: /cognito\/userPool:/, path: /^name$/, why: "a name" },
  {
    type: /^pulumi:providers:/,
    path: /^(|domain|project|region|skip\w+|defaultTags\.tags\.managed-by)$/,
    why: "where the stack is deployed",
  },
];
