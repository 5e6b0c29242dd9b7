// Which properties a provider cannot change in place: a change replaces the resource. Every other property is updated.
// Source: the type's page, whose inputs say "Changes to this property will trigger replacement" (`documentation(type)`).

export const replacing: Readonly<Record<string, readonly string[]>> = {
  "aws:acm/certificate:Certificate": ["domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod"],
  "aws:acm/certificateValidation:CertificateValidation": ["certificateArn", "validationRecordFqdns"],
  "aws:apigateway/apiKey:ApiKey": ["value"],
  "aws:apigateway/authorizer:Authorizer": ["restApi"],
  "aws:apigateway/basePathMapping:BasePathMapping": ["domainName", "domainNameId"],
  "aws:apigateway/deployment:Deployment": ["restApi", "triggers", "variables"],
  "aws:apigateway/domainName:DomainName": ["domainName"],
  "aws:apigateway/methodSettings:MethodSettings": ["restApi", "stageName", "methodPath"],
  "aws:apigateway/restApiPolicy:RestApiPolicy": ["restApiId"],
  "aws:apigateway/stage:Stage": ["restApi", "stageName"],
  "aws:apigateway/usagePlanKey:UsagePlanKey": ["keyId", "keyType", "usagePlanId"],
  "aws:apigatewayv2/api:Api": ["protocolType"],
  "aws:apigatewayv2/apiMapping:ApiMapping": ["apiId", "domainName"],
  "aws:apigatewayv2/deployment:Deployment": ["apiId", "triggers"],
  "aws:apigatewayv2/domainName:DomainName": ["domainName"],
  "aws:apigatewayv2/stage:Stage": ["apiId", "name"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix", "logGroupClass"],
  "aws:cognito/resourceServer:ResourceServer": ["identifier", "userPoolId"],
  "aws:cognito/userPool:UserPool": ["usernameAttributes", "usernameConfiguration", "aliasAttributes"],
  "aws:cognito/userPoolClient:UserPoolClient": ["generateSecret", "userPoolId"],
  "aws:cognito/userPoolDomain:UserPoolDomain": ["domain", "userPoolId"],
  "aws:iam/policy:Policy": ["name", "namePrefix", "path", "description"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "namePrefix", "role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["policyArn", "role"],
  "aws:kms/alias:Alias": ["name", "namePrefix"],
  "aws:kms/key:Key": ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion"],
  "aws:lambda/alias:Alias": ["functionName", "name"],
  "aws:lambda/function:Function": ["name", "packageType"],
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
  "aws:secretsmanager/secret:Secret": ["name", "namePrefix"],
  "aws:secretsmanager/secretPolicy:SecretPolicy": ["secretArn"],
  "aws:secretsmanager/secretRotation:SecretRotation": ["secretId"],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretId", "secretBinary", "secretString"],
  "aws:wafv2/webAcl:WebAcl": ["name", "scope"],
  "aws:wafv2/webAclAssociation:WebAclAssociation": ["resourceArn", "webAclArn"],
  "gcp:kms/cryptoKey:CryptoKey": ["keyRing", "name", "purpose", "importOnly", "destroyScheduledDuration"],
  "gcp:kms/keyRing:KeyRing": ["location", "name", "project"],
  "auth0:index/clientGrant:ClientGrant": ["audience", "clientId"],
  "auth0:index/resourceServer:ResourceServer": ["identifier"],
};

/** Whether a change at this property path replaces a resource of the type. */
export function replaces(type: string, path: string): boolean {
  const property = /^[\w$]+/.exec(path)?.[0];
  return property !== undefined && replacing[type]?.includes(property) === true;
}

/** The page that says which inputs replace: `https://www.pulumi.com/registry/packages/aws/api-docs/lambda/alias/`. */
export function documentation(type: string): string {
  const [packageName, module, resource] = type.split(":") as [string, string, string];
  const folder = module.split("/")[0]!;
  const path = folder === "index" ? resource : `${folder}/${resource}`;
  return `https://www.pulumi.com/registry/packages/${packageName}/api-docs/${path.toLowerCase()}/`;
}
