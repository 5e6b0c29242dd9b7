// Which input properties a provider cannot change in place, so that a change replaces the resource, by type. Types
// without any are listed too: a type that is missing has not been checked.
// Source: the type's page (`documentation(type)`), "Changes to this property will trigger replacement", and the
// provider's schema behind it (`ForceNew` in hashicorp/terraform-provider-aws, auth0/terraform-provider-auth0).

export const replacing: Readonly<Record<string, readonly string[]>> = {
  "aws:acm/certificate:Certificate": ["domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod"],
  "aws:acm/certificateValidation:CertificateValidation": ["certificateArn", "validationRecordFqdns"],
  "aws:apigateway/account:Account": [],
  "aws:apigateway/apiKey:ApiKey": ["value"],
  "aws:apigateway/authorizer:Authorizer": ["restApi"],
  "aws:apigateway/basePathMapping:BasePathMapping": ["domainName", "domainNameId"],
  "aws:apigateway/deployment:Deployment": ["restApi", "triggers", "variables"],
  "aws:apigateway/domainName:DomainName": ["domainName"],
  "aws:apigateway/methodSettings:MethodSettings": ["restApi", "stageName", "methodPath"],
  "aws:apigateway/restApi:RestApi": [],
  "aws:apigateway/restApiPolicy:RestApiPolicy": ["restApiId"],
  "aws:apigateway/stage:Stage": ["restApi", "stageName"],
  "aws:apigateway/usagePlan:UsagePlan": [],
  "aws:apigateway/usagePlanKey:UsagePlanKey": ["keyId", "keyType", "usagePlanId"],
  "aws:apigatewayv2/api:Api": ["protocolType"],
  "aws:apigatewayv2/apiMapping:ApiMapping": ["apiId", "domainName"],
  "aws:apigatewayv2/deployment:Deployment": ["apiId", "triggers"],
  "aws:apigatewayv2/domainName:DomainName": ["domainName"],
  "aws:apigatewayv2/stage:Stage": ["apiId", "name"],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName"],
  "aws:cloudwatch/eventRule:EventRule": ["name", "namePrefix", "eventBusName"],
  "aws:cloudwatch/eventTarget:EventTarget": ["rule", "targetId", "eventBusName"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix", "logGroupClass"],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ["name", "logGroupName"],
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ["policyName", "resourceArn"],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["name"],
  "aws:cognito/resourceServer:ResourceServer": ["identifier", "userPoolId"],
  "aws:cognito/userPool:UserPool": ["usernameAttributes", "usernameConfiguration", "aliasAttributes"],
  "aws:cognito/userPoolClient:UserPoolClient": ["generateSecret", "userPoolId"],
  "aws:cognito/userPoolDomain:UserPoolDomain": ["domain", "userPoolId"],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ["vpcId"],
  "aws:ec2/eip:Eip": ["address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"],
  "aws:ec2/flowLog:FlowLog": [
    "deliverCrossAccountRole",
    "destinationOptions",
    "eniId",
    "iamRoleArn",
    "logDestination",
    "logDestinationType",
    "logFormat",
    "maxAggregationInterval",
    "subnetId",
    "trafficType",
    "transitGatewayAttachmentId",
    "transitGatewayId",
    "vpcId",
  ],
  "aws:ec2/internetGateway:InternetGateway": [],
  "aws:ec2/natGateway:NatGateway": ["allocationId", "connectivityType", "privateIp", "subnetId"],
  "aws:ec2/route:Route": [
    "routeTableId",
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
  ],
  "aws:ec2/routeTable:RouteTable": ["vpcId"],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ["gatewayId", "subnetId"],
  "aws:ec2/securityGroup:SecurityGroup": ["description", "name", "namePrefix", "vpcId"],
  "aws:ec2/subnet:Subnet": ["availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"],
  "aws:ec2/vpc:Vpc": ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["serviceName", "vpcEndpointType", "vpcId"],
  "aws:iam/policy:Policy": ["name", "namePrefix", "path", "description"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "namePrefix", "role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["policyArn", "role"],
  "aws:kms/alias:Alias": ["name", "namePrefix"],
  "aws:kms/key:Key": ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion"],
  "aws:lambda/alias:Alias": ["functionName", "name"],
  "aws:lambda/function:Function": ["name", "packageType"],
  "aws:lambda/invocation:Invocation": ["functionName", "qualifier", "triggers"],
  "aws:lambda/layerVersion:LayerVersion": [
    "code",
    "compatibleArchitectures",
    "compatibleRuntimes",
    "description",
    "layerName",
    "licenseInfo",
    "s3Bucket",
    "s3Key",
    "s3ObjectVersion",
    "sourceCodeHash",
  ],
  "aws:lambda/permission:Permission": [
    "action",
    "eventSourceToken",
    "function",
    "principal",
    "qualifier",
    "sourceAccount",
    "sourceArn",
    "statementId",
  ],
  "aws:route53/record:Record": ["name", "setIdentifier", "zoneId"],
  "aws:s3/bucket:Bucket": ["bucket", "bucketPrefix", "objectLockEnabled"],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ["bucket", "expectedBucketOwner"],
  "aws:s3/bucketLogging:BucketLogging": ["bucket", "expectedBucketOwner"],
  "aws:s3/bucketObjectv2:BucketObjectv2": ["bucket", "key"],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ["bucket"],
  "aws:s3/bucketPolicy:BucketPolicy": ["bucket"],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ["bucket"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    "bucket",
    "expectedBucketOwner",
  ],
  "aws:s3/bucketVersioning:BucketVersioning": ["bucket", "expectedBucketOwner"],
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": ["modelPackageGroupName", "modelPackageGroupDescription"],
  "aws:sagemaker/pipeline:Pipeline": ["pipelineName"],
  "aws:scheduler/schedule:Schedule": ["groupName", "name", "namePrefix"],
  "aws:secretsmanager/secret:Secret": ["name", "namePrefix"],
  "aws:secretsmanager/secretPolicy:SecretPolicy": ["secretArn"],
  "aws:secretsmanager/secretRotation:SecretRotation": ["secretId"],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretId", "secretBinary", "secretString"],
  "aws:sns/topic:Topic": ["fifoTopic", "name", "namePrefix"],
  "aws:sns/topicPolicy:TopicPolicy": ["arn"],
  "aws:sns/topicSubscription:TopicSubscription": ["endpoint", "protocol", "topic"],
  "aws:wafv2/ipSet:IpSet": ["ipAddressVersion", "name", "namePrefix", "scope"],
  "aws:wafv2/webAcl:WebAcl": ["name", "scope"],
  "aws:wafv2/webAclAssociation:WebAclAssociation": ["resourceArn", "webAclArn"],
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": ["resourceArn"],
  "gcp:kms/cryptoKey:CryptoKey": ["keyRing", "name", "purpose", "importOnly", "destroyScheduledDuration"],
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": ["condition", "cryptoKeyId", "member", "role"],
  "gcp:kms/keyRing:KeyRing": ["location", "name", "project"],
  "auth0:index/client:Client": [],
  "auth0:index/clientCredentials:ClientCredentials": ["clientId"],
  "auth0:index/clientGrant:ClientGrant": ["audience", "clientId"],
  "auth0:index/resourceServer:ResourceServer": ["identifier"],
  "auth0:index/resourceServerScopes:ResourceServerScopes": ["resourceServerIdentifier"],
};

/**
 * Types that a service deletes only when nothing is in them, and where the commands that empty them are.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-delete-model-group.html
 */
export const emptiedFirst: Readonly<Record<string, string>> = {
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": "docs/runbook.md (Empty the model registry)",
};

/** Whether a change at this property path (`code`, `tags.Name`) replaces the resource; false for unknown types. */
export function replaces(type: string, path: string): boolean {
  const property = /^[\w$]+/.exec(path)?.[0];
  return property !== undefined && replacing[type]?.includes(property) === true;
}

/** URL of the type's reference page: `https://www.pulumi.com/registry/packages/aws/api-docs/lambda/alias/`. */
export function documentation(type: string): string {
  const [packageName, module, resource] = type.split(":") as [string, string, string];
  const folder = module.split("/")[0]!;
  const path = folder === "index" ? resource : `${folder}/${resource}`;
  return `https://www.pulumi.com/registry/packages/${packageName}/api-docs/${path.toLowerCase()}/`;
}
