// What an engineer calls a resource, and which resources are parts of another one: a stage is of its API, a role of its function.
// A type that stands in neither table is a node of its own, so that what is added to the program shows up by itself.

/** What colours a node: what it is for. */
export type Category = "caller" | "api" | "compute" | "data" | "security" | "operations" | "network" | "other";

export interface Kind {
  /** A word of the field. */
  readonly kind: string;
  readonly category: Category;
  /** For kinds of which those of one component are drawn as one: the word for several. */
  readonly several?: string;
  /** The property that names another node, whose part such a resource is if the program has that node. */
  readonly within?: string;
}

/** Types with a node. Where a component has several, its other resources belong to the first in this order. */
export const kinds: Readonly<Record<string, Kind>> = {
  "aws:lambda/function:Function": { kind: "Lambda function", category: "compute" },
  "aws:apigateway/restApi:RestApi": { kind: "REST API", category: "api" },
  "aws:apigatewayv2/api:Api": { kind: "HTTP API", category: "api" },
  "aws:apigateway/domainName:DomainName": { kind: "custom domain", category: "api" },
  "aws:apigatewayv2/domainName:DomainName": { kind: "custom domain", category: "api" },
  "aws:wafv2/webAcl:WebAcl": { kind: "WAF web ACL", category: "security" },
  "aws:cognito/userPool:UserPool": { kind: "Cognito user pool", category: "security" },
  "auth0:index/resourceServer:ResourceServer": { kind: "Auth0 API", category: "security" },
  "aws:apigateway/usagePlan:UsagePlan": { kind: "usage plan", category: "security", several: "usage plans" },
  "aws:sagemaker/endpoint:Endpoint": {
    kind: "SageMaker endpoint",
    category: "compute",
    several: "SageMaker endpoints",
  },
  "aws:sagemaker/pipeline:Pipeline": { kind: "SageMaker pipeline", category: "compute" },
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": { kind: "model registry", category: "data" },
  "aws:secretsmanager/secret:Secret": { kind: "secret", category: "security", several: "secrets" },
  "aws:lambda/layerVersion:LayerVersion": { kind: "Lambda layer", category: "data" },
  "aws:s3/bucket:Bucket": { kind: "S3 bucket", category: "data", several: "S3 buckets" },
  "aws:kms/key:Key": { kind: "KMS key", category: "security" },
  "gcp:kms/cryptoKey:CryptoKey": { kind: "Google Cloud KMS key", category: "security" },
  "aws:scheduler/schedule:Schedule": { kind: "schedule", category: "operations", several: "schedules" },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { kind: "alarm", category: "operations", several: "alarms" },
  "aws:cloudwatch/dashboard:Dashboard": { kind: "dashboard", category: "operations", several: "dashboards" },
  "aws:sns/topic:Topic": { kind: "SNS topic", category: "operations" },
  "aws:ec2/vpc:Vpc": { kind: "VPC", category: "network" },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    kind: "VPC endpoint",
    category: "network",
    several: "VPC endpoints",
    within: "vpcId",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    kind: "security group",
    category: "network",
    several: "security groups",
    within: "vpcId",
  },
};

/**
 * Types that are parts of a node, and the property that names what they belong to; empty: to the nearest node of their component. `←` before
 * a type: to the node that its resource of this type names, as an event's rule is part of what it invokes.
 */
export const parts: Readonly<Record<string, string>> = {
  "auth0:index/client:Client": "",
  "auth0:index/clientCredentials:ClientCredentials": "clientId",
  "auth0:index/clientGrant:ClientGrant": "audience",
  "auth0:index/resourceServerScopes:ResourceServerScopes": "resourceServerIdentifier",
  "aws:acm/certificate:Certificate": "",
  "aws:acm/certificateValidation:CertificateValidation": "certificateArn",
  "aws:apigateway/account:Account": "",
  "aws:apigateway/apiKey:ApiKey": "",
  "aws:apigateway/authorizer:Authorizer": "restApi",
  "aws:apigateway/basePathMapping:BasePathMapping": "domainName",
  "aws:apigateway/deployment:Deployment": "restApi",
  "aws:apigateway/methodSettings:MethodSettings": "restApi",
  "aws:apigateway/restApiPolicy:RestApiPolicy": "restApiId",
  "aws:apigateway/stage:Stage": "restApi",
  "aws:apigateway/usagePlanKey:UsagePlanKey": "usagePlanId",
  "aws:apigatewayv2/apiMapping:ApiMapping": "domainName",
  "aws:apigatewayv2/deployment:Deployment": "apiId",
  "aws:apigatewayv2/stage:Stage": "apiId",
  "aws:appautoscaling/policy:Policy": "resourceId",
  "aws:appautoscaling/scheduledAction:ScheduledAction": "resourceId",
  "aws:appautoscaling/target:Target": "resourceId",
  "aws:cloudwatch/eventRule:EventRule": "← aws:cloudwatch/eventTarget:EventTarget rule",
  "aws:cloudwatch/eventTarget:EventTarget": "arn",
  "aws:cloudwatch/logGroup:LogGroup": "",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": "",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "",
  "aws:cognito/resourceServer:ResourceServer": "userPoolId",
  "aws:cognito/userPoolClient:UserPoolClient": "userPoolId",
  "aws:cognito/userPoolDomain:UserPoolDomain": "userPoolId",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "vpcId",
  "aws:ec2/eip:Eip": "",
  "aws:ec2/flowLog:FlowLog": "vpcId",
  "aws:ec2/internetGateway:InternetGateway": "vpcId",
  "aws:ec2/natGateway:NatGateway": "",
  "aws:ec2/route:Route": "",
  "aws:ec2/routeTable:RouteTable": "vpcId",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "",
  "aws:ec2/subnet:Subnet": "vpcId",
  "aws:iam/policy:Policy": "",
  "aws:iam/role:Role": "",
  "aws:iam/rolePolicy:RolePolicy": "role",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
  "aws:kms/alias:Alias": "targetKeyId",
  "aws:lambda/alias:Alias": "functionName",
  "aws:lambda/invocation:Invocation": "functionName",
  "aws:lambda/permission:Permission": "function",
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": "functionName",
  "aws:route53/record:Record": "",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "bucket",
  "aws:s3/bucketLogging:BucketLogging": "bucket",
  "aws:s3/bucketObjectv2:BucketObjectv2": "bucket",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "bucket",
  "aws:s3/bucketPolicy:BucketPolicy": "bucket",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "bucket",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "bucket",
  "aws:s3/bucketVersioning:BucketVersioning": "bucket",
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": "",
  "aws:sagemaker/model:Model": "",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "secretArn",
  "aws:secretsmanager/secretRotation:SecretRotation": "secretId",
  "aws:secretsmanager/secretVersion:SecretVersion": "secretId",
  "aws:sns/topicPolicy:TopicPolicy": "arn",
  "aws:sns/topicSubscription:TopicSubscription": "topic",
  "aws:wafv2/ipSet:IpSet": "",
  "aws:wafv2/webAclAssociation:WebAclAssociation": "webAclArn",
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "resourceArn",
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "cryptoKeyId",
  "gcp:kms/keyRing:KeyRing": "",
};

/** The kind of a type that no table has, from its token: `aws:dynamodb/table:Table` is a `dynamodb Table`. */
export function kindOf(type: string): Kind {
  const [, area = "", name = type] = /^\w+:([\w-]+)\/?[^:]*:(\w+)$/.exec(type) ?? [];
  return kinds[type] ?? { kind: area === "" || area === "index" ? name : `${area} ${name}`, category: "other" };
}
