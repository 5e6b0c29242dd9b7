// What AWS would give a resource once it stood: ids, ARNs and computed outputs in the form the provider gives them.
// One table, shared by the mocks and by the simulated providers of the real engine. Unique by URN, and the same each time.

import { createHash, createHmac } from "node:crypto";

export interface Request {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs of its provider: `region` or `project`, for one. */
  readonly provider?: Readonly<Record<string, unknown>>;
  /** Makes the simulated secrets of this machine unguessable; without it they are the same everywhere. */
  readonly seed?: Buffer;
}

export interface Simulated {
  readonly id: string;
  /** The inputs, and what the provider computes. */
  readonly outputs: Record<string, unknown>;
  /** Paths of the outputs that the provider marks secret. */
  readonly secrets: readonly string[];
}

/** The account of every simulation: AWS's own documentation uses this number. */
export const account = "123456789012";

/** The prefix list of S3 in us-east-1; each region and service has its own. */
const s3Prefixes = "pl-63a5400a";

/** The region where no provider says otherwise. */
const defaultRegion = "us-east-1";

type Inputs = Readonly<Record<string, unknown>>;

/** What a row of the table may use: the inputs, the region, a physical name, and stable digits. */
interface Context {
  readonly inputs: Inputs;
  readonly region: string;
  /** Google Cloud's, of the resource or its provider. */
  readonly project: string;
  /** The physical name: the input `name` or `bucket`, else autonamed as Pulumi does. */
  readonly physical: string;
  /** Lower-case hex digits, stable for the resource and the purpose. */
  hex(purpose: string, length: number): string;
  /** Lower-case letters and digits. */
  alphanumeric(purpose: string, length: number): string;
  uuid(purpose: string): string;
  /** Letters and digits that nobody guesses who does not know the seed. */
  secret(purpose: string, length: number): string;
}

type Row = (context: Context) => { id: string; secrets?: readonly string[]; [output: string]: unknown };

const arn = (service: string, region: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Types whose outputs a program or a checker reads. Any other gets its inputs, an id and, for AWS, an ARN. */
const table: Readonly<Record<string, Row>> = {
  "pulumi:providers:aws": ({ uuid }) => ({ id: uuid("provider") }),
  "pulumi:providers:auth0": ({ uuid }) => ({ id: uuid("provider") }),
  "auth0:index/client:Client": ({ alphanumeric }) => {
    const id = alphanumeric("id", 32);
    return { id, clientId: id, signingKeys: [], secrets: ["signingKeys"] };
  },
  "auth0:index/clientCredentials:ClientCredentials": ({ inputs, secret }) => ({
    id: text(inputs.clientId),
    clientSecret: secret("secret", 64),
    secrets: ["clientSecret"],
  }),
  "auth0:index/clientGrant:ClientGrant": ({ alphanumeric }) => ({ id: `cgr_${alphanumeric("id", 16)}` }),
  "auth0:index/resourceServer:ResourceServer": ({ hex }) => ({
    id: hex("id", 24),
    isSystem: false,
    clientId: "",
  }),
  "auth0:index/resourceServerScopes:ResourceServerScopes": ({ inputs }) => ({
    id: text(inputs.resourceServerIdentifier),
  }),
  "aws:acm/certificate:Certificate": ({ inputs, region, uuid, hex }) => {
    const domain = text(inputs.domainName);
    const certificateArn = arn("acm", region, `certificate/${uuid("id")}`);
    return {
      id: certificateArn,
      arn: certificateArn,
      status: "PENDING_VALIDATION",
      type: "AMAZON_ISSUED",
      keyAlgorithm: inputs.keyAlgorithm ?? "RSA_2048",
      renewalEligibility: "INELIGIBLE",
      subjectAlternativeNames: inputs.subjectAlternativeNames ?? [domain],
      domainValidationOptions: [
        {
          domainName: domain,
          resourceRecordName: `_${hex("proof name", 32)}.${domain}.`,
          resourceRecordType: "CNAME",
          resourceRecordValue: `_${hex("proof", 32)}.${hex("suffix", 10)}.acm-validations.aws.`,
        },
      ],
    };
  },
  "aws:acm/certificateValidation:CertificateValidation": ({ hex }) => {
    // The provider takes the moment at which the certificate was issued.
    const issued = new Date(Date.UTC(2026, 0, 1) + (Number.parseInt(hex("issued", 12), 16) % 31_536_000_000));
    return { id: `${issued.toISOString().slice(0, -1).replace("T", " ")} +0000 UTC` };
  },
  "aws:apigateway/account:Account": () => ({
    id: "api-gateway-account",
    throttleSettings: [{ burstLimit: 5000, rateLimit: 10_000 }],
  }),
  "aws:apigateway/apiKey:ApiKey": ({ inputs, region, alphanumeric, secret, physical }) => {
    const id = alphanumeric("id", 10);
    return {
      id,
      name: physical,
      enabled: inputs.enabled ?? true,
      value: inputs.value ?? secret("value", 40),
      arn: `arn:aws:apigateway:${region}::/apikeys/${id}`,
      secrets: ["value"],
    };
  },
  "aws:apigateway/basePathMapping:BasePathMapping": ({ inputs }) => ({
    id: `${text(inputs.domainName)}/${text(inputs.basePath)}`,
  }),
  "aws:apigateway/deployment:Deployment": ({ alphanumeric }) => ({ id: alphanumeric("id", 6) }),
  "aws:apigateway/domainName:DomainName": ({ inputs, region, alphanumeric }) => {
    const domain = text(inputs.domainName);
    return {
      id: domain,
      arn: `arn:aws:apigateway:${region}::/domainnames/${domain}`,
      regionalDomainName: `d-${alphanumeric("endpoint", 10)}.execute-api.${region}.amazonaws.com`,
      regionalZoneId: "Z1UJRXOUMOOFQ8",
    };
  },
  "aws:apigateway/methodSettings:MethodSettings": ({ inputs }) => ({
    id: `${text(inputs.restApi)}-${text(inputs.stageName)}-${text(inputs.methodPath)}`,
  }),
  "aws:apigateway/restApi:RestApi": ({ inputs, region, alphanumeric, physical }) => {
    const id = alphanumeric("id", 10);
    return {
      id,
      name: physical,
      arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
      executionArn: arn("execute-api", region, id),
      rootResourceId: alphanumeric("root", 10),
      apiKeySource: inputs.apiKeySource ?? "HEADER",
    };
  },
  "aws:apigateway/stage:Stage": ({ inputs, region }) => {
    const [api, stage] = [text(inputs.restApi), text(inputs.stageName)];
    return {
      id: `ags-${api}-${stage}`,
      arn: `arn:aws:apigateway:${region}::/restapis/${api}/stages/${stage}`,
      executionArn: arn("execute-api", region, `${api}/${stage}`),
      invokeUrl: `https://${api}.execute-api.${region}.amazonaws.com/${stage}`,
    };
  },
  "aws:apigateway/usagePlan:UsagePlan": ({ region, alphanumeric, physical }) => {
    const id = alphanumeric("id", 6);
    return { id, name: physical, arn: `arn:aws:apigateway:${region}::/usageplans/${id}` };
  },
  "aws:apigateway/usagePlanKey:UsagePlanKey": ({ inputs }) => ({ id: text(inputs.keyId) }),
  "aws:apigatewayv2/api:Api": ({ region, alphanumeric, physical }) => {
    const id = alphanumeric("id", 10);
    return {
      id,
      name: physical,
      apiEndpoint: `https://${id}.execute-api.${region}.amazonaws.com`,
      arn: `arn:aws:apigateway:${region}::/apis/${id}`,
      executionArn: arn("execute-api", region, id),
      apiKeySelectionExpression: "$request.header.x-api-key",
      routeSelectionExpression: "$request.method $request.path",
      ipAddressType: "ipv4",
    };
  },
  "aws:apigatewayv2/apiMapping:ApiMapping": ({ alphanumeric }) => ({ id: alphanumeric("id", 6) }),
  "aws:apigatewayv2/deployment:Deployment": ({ alphanumeric }) => ({ id: alphanumeric("id", 6), autoDeployed: false }),
  "aws:apigatewayv2/domainName:DomainName": ({ inputs, region, alphanumeric }) => {
    const domain = text(inputs.domainName);
    return {
      id: domain,
      arn: `arn:aws:apigateway:${region}::/domainnames/${domain}`,
      apiMappingSelectionExpression: "$request.basepath",
      domainNameConfiguration: {
        ...(inputs.domainNameConfiguration as Inputs),
        targetDomainName: `d-${alphanumeric("endpoint", 10)}.execute-api.${region}.amazonaws.com`,
        hostedZoneId: "Z1UJRXOUMOOFQ8",
      },
    };
  },
  "aws:apigatewayv2/stage:Stage": ({ inputs, region }) => {
    const [api, stage] = [text(inputs.apiId), text(inputs.name)];
    return {
      id: stage,
      arn: `arn:aws:apigateway:${region}::/apis/${api}/stages/${stage}`,
      executionArn: arn("execute-api", region, `${api}/${stage}`),
      invokeUrl: `https://${api}.execute-api.${region}.amazonaws.com/${stage === "$default" ? "" : stage}`,
    };
  },
  "aws:cloudwatch/eventRule:EventRule": ({ region, physical }) => ({
    id: physical,
    name: physical,
    arn: arn("events", region, `rule/${physical}`),
  }),
  "aws:cloudwatch/eventTarget:EventTarget": ({ inputs, hex }) => {
    const targetId = `terraform-${hex("id", 26)}`;
    return { id: `${text(inputs.rule)}-${targetId}`, targetId };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ region, physical }) => ({
    id: physical,
    name: physical,
    arn: arn("cloudwatch", region, `alarm:${physical}`),
  }),
  "aws:cloudwatch/dashboard:Dashboard": ({ inputs }) => ({
    id: text(inputs.dashboardName),
    dashboardArn: `arn:aws:cloudwatch::${account}:dashboard/${text(inputs.dashboardName)}`,
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ region, physical }) => ({
    id: physical,
    name: physical,
    arn: arn("logs", region, `log-group:${physical}`),
  }),
  "aws:cognito/resourceServer:ResourceServer": ({ inputs }) => ({
    id: `${text(inputs.userPoolId)}|${text(inputs.identifier)}`,
    scopeIdentifiers: (Array.isArray(inputs.scopes) ? inputs.scopes : []).map(
      (scope: { scopeName?: unknown }) => `${text(inputs.identifier)}/${text(scope.scopeName)}`,
    ),
  }),
  "aws:cognito/userPool:UserPool": ({ region, alphanumeric, physical }) => {
    const id = `${region}_${alphanumeric("id", 9)}`;
    return {
      id,
      name: physical,
      arn: arn("cognito-idp", region, `userpool/${id}`),
      endpoint: `cognito-idp.${region}.amazonaws.com/${id}`,
    };
  },
  "aws:cognito/userPoolClient:UserPoolClient": ({ alphanumeric, secret, physical }) => ({
    id: alphanumeric("id", 26),
    name: physical,
    clientSecret: secret("secret", 51),
    secrets: ["clientSecret"],
  }),
  "aws:cognito/userPoolDomain:UserPoolDomain": ({ inputs, alphanumeric }) => ({
    id: text(inputs.domain),
    awsAccountId: account,
    cloudfrontDistribution: `d${alphanumeric("distribution", 13)}.cloudfront.net`,
  }),
  "aws:iam/policy:Policy": ({ inputs, alphanumeric, physical }) => {
    const policyArn = `arn:aws:iam::${account}:policy${text(inputs.path) || "/"}${physical}`;
    return { id: policyArn, name: physical, arn: policyArn, policyId: `ANPA${alphanumeric("id", 17).toUpperCase()}` };
  },
  "aws:iam/role:Role": ({ inputs, alphanumeric, physical }) => ({
    id: physical,
    name: physical,
    arn: `arn:aws:iam::${account}:role${text(inputs.path) || "/"}${physical}`,
    uniqueId: `AROA${alphanumeric("id", 17).toUpperCase()}`,
  }),
  "aws:iam/rolePolicy:RolePolicy": ({ inputs, physical }) => ({
    id: `${text(inputs.role)}:${physical}`,
    name: physical,
  }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({ inputs, hex }) => ({
    id: `${text(inputs.role)}-${hex("id", 26)}`,
  }),
  "aws:kms/alias:Alias": ({ inputs, region, physical }) => ({
    id: physical,
    arn: arn("kms", region, physical),
    targetKeyArn: arn("kms", region, `key/${text(inputs.targetKeyId)}`),
  }),
  "aws:kms/key:Key": ({ region, uuid }) => {
    const id = uuid("id");
    return { id, keyId: id, arn: arn("kms", region, `key/${id}`) };
  },
  "aws:lambda/alias:Alias": ({ inputs, region }) => {
    const aliasArn = arn("lambda", region, `function:${functionName(inputs.functionName)}:${text(inputs.name)}`);
    return { id: aliasArn, arn: aliasArn, invokeArn: invokeArn(region, aliasArn) };
  },
  "aws:lambda/function:Function": ({ inputs, region, hex, physical }) => {
    const functionArn = arn("lambda", region, `function:${physical}`);
    return {
      id: physical,
      name: physical,
      arn: functionArn,
      invokeArn: invokeArn(region, functionArn),
      version: inputs.publish === true ? "1" : "$LATEST",
      qualifiedArn: `${functionArn}:${inputs.publish === true ? "1" : "$LATEST"}`,
      qualifiedInvokeArn: invokeArn(region, `${functionArn}:1`),
      codeSha256: Buffer.from(hex("code", 64), "hex").toString("base64"),
      lastModified: "2026-01-01T00:00:00.000+0000",
    };
  },
  // What the function answers is not known before it runs; the local run invokes it.
  "aws:lambda/invocation:Invocation": ({ inputs, hex }) => ({
    id: `${text(inputs.functionName)}_${text(inputs.qualifier) || "$LATEST"}_${hex("input", 32)}`,
    qualifier: text(inputs.qualifier) || "$LATEST",
    result: "{}",
  }),
  "aws:lambda/layerVersion:LayerVersion": ({ inputs, region }) => {
    const layerArn = arn("lambda", region, `layer:${text(inputs.layerName)}`);
    return { id: `${layerArn}:1`, arn: `${layerArn}:1`, layerArn, version: "1" };
  },
  "aws:lambda/permission:Permission": ({ alphanumeric, physical }) => ({
    id: physical,
    statementId: `${physical}-${alphanumeric("statement", 6)}`,
  }),
  "aws:route53/record:Record": ({ inputs }) => {
    const name = text(inputs.name).replace(/\.$/, "");
    return { id: `${text(inputs.zoneId)}_${name}_${text(inputs.type)}`, name, fqdn: name };
  },
  "aws:ec2/vpc:Vpc": ({ region, hex }) => ec2("vpc", region, hex),
  "aws:ec2/subnet:Subnet": ({ region, hex }) => ec2("subnet", region, hex),
  "aws:ec2/internetGateway:InternetGateway": ({ region, hex }) => ec2("internet-gateway", region, hex, "igw"),
  "aws:ec2/natGateway:NatGateway": ({ hex }) => ({ id: `nat-${hex("id", 17)}` }),
  "aws:ec2/eip:Eip": ({ hex }) => ({ id: `eipalloc-${hex("id", 17)}`, allocationId: `eipalloc-${hex("id", 17)}` }),
  "aws:ec2/routeTable:RouteTable": ({ region, hex }) => ec2("route-table", region, hex, "rtb"),
  "aws:ec2/route:Route": ({ inputs }) => ({ id: `r-${text(inputs.routeTableId)}1080289494` }),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ({ hex }) => ({ id: `rtbassoc-${hex("id", 17)}` }),
  "aws:ec2/securityGroup:SecurityGroup": ({ region, hex }) => ec2("security-group", region, hex, "sg"),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ({ region, hex }) => ec2("security-group", region, hex, "sg"),
  "aws:ec2/flowLog:FlowLog": ({ region, hex }) => ec2("vpc-flow-log", region, hex, "fl"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ region, hex }) => ({
    ...ec2("vpc-endpoint", region, hex, "vpce"),
    prefixListId: s3Prefixes,
  }),
  "aws:wafv2/ipSet:IpSet": ({ region, uuid, physical }) => {
    const id = uuid("id");
    return { id, name: physical, arn: arn("wafv2", region, `regional/ipset/${physical}/${id}`) };
  },
  "aws:wafv2/webAcl:WebAcl": ({ region, uuid, physical }) => {
    const id = uuid("id");
    return { id, name: physical, arn: arn("wafv2", region, `regional/webacl/${physical}/${id}`), capacity: 900 };
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": ({ inputs }) => ({
    id: `${text(inputs.webAclArn)},${text(inputs.resourceArn)}`,
  }),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": ({ inputs }) => ({ id: text(inputs.resourceArn) }),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ({ inputs }) => ({ id: text(inputs.policyName) }),
  "aws:s3/bucket:Bucket": ({ region, physical }) => ({
    id: physical,
    bucket: physical,
    arn: `arn:aws:s3:::${physical}`,
    bucketDomainName: `${physical}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${physical}.s3.${region}.amazonaws.com`,
    hostedZoneId: "Z3AQBSTGFYJSTF",
    region,
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs, hex }) => ({
    id: `${text(inputs.bucket)}/${text(inputs.key)}`,
    arn: `arn:aws:s3:::${text(inputs.bucket)}/${text(inputs.key)}`,
    etag: hex("etag", 32),
    versionId: `${hex("version", 32)}`,
  }),
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": ({ inputs, region }) => ({
    id: text(inputs.modelPackageGroupName),
    arn: arn("sagemaker", region, `model-package-group/${text(inputs.modelPackageGroupName)}`),
  }),
  "aws:sagemaker/pipeline:Pipeline": ({ inputs, region }) => ({
    id: text(inputs.pipelineName),
    arn: arn("sagemaker", region, `pipeline/${text(inputs.pipelineName).toLowerCase()}`),
  }),
  "aws:scheduler/schedule:Schedule": ({ inputs, region, physical }) => {
    const group = text(inputs.groupName) || "default";
    return {
      id: `${group}/${physical}`,
      name: physical,
      groupName: group,
      arn: arn("scheduler", region, `schedule/${group}/${physical}`),
    };
  },
  "aws:secretsmanager/secret:Secret": ({ region, physical, alphanumeric }) => {
    const secretArn = arn("secretsmanager", region, `secret:${physical}-${alphanumeric("suffix", 6)}`);
    return { id: secretArn, name: physical, arn: secretArn };
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": ({ inputs }) => ({ id: text(inputs.secretArn) }),
  "aws:secretsmanager/secretRotation:SecretRotation": ({ inputs }) => ({
    id: text(inputs.secretId),
    rotationEnabled: true,
  }),
  "aws:sns/topic:Topic": ({ region, physical }) => {
    const topicArn = arn("sns", region, physical);
    return { id: topicArn, name: physical, arn: topicArn, owner: account };
  },
  "aws:sns/topicPolicy:TopicPolicy": ({ inputs }) => ({ id: text(inputs.arn), owner: account }),
  "aws:sns/topicSubscription:TopicSubscription": ({ inputs, uuid }) => {
    const subscriptionArn = `${text(inputs.topic)}:${uuid("id")}`;
    return { id: subscriptionArn, arn: subscriptionArn, ownerId: account };
  },
  "gcp:kms/cryptoKey:CryptoKey": ({ inputs, physical }) => {
    const id = `${text(inputs.keyRing)}/cryptoKeys/${physical}`;
    return { id, name: physical, primaries: [{ name: `${id}/cryptoKeyVersions/1`, state: "ENABLED" }] };
  },
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": ({ inputs, hex }) => ({
    id: `${text(inputs.cryptoKeyId)}/${text(inputs.role)}/${text(inputs.member)}`,
    etag: hex("etag", 16),
  }),
  "gcp:kms/keyRing:KeyRing": ({ inputs, physical, project }) => ({
    id: `projects/${project}/locations/${text(inputs.location)}/keyRings/${physical}`,
    name: physical,
    project,
  }),
  "pulumi:providers:gcp": ({ uuid }) => ({ id: uuid("provider") }),
};

/** Simulates the creation of a custom resource. */
export function simulate(request: Request): Simulated {
  const { type, urn, inputs, name } = request;
  const stable = (purpose: string) => createHash("sha256").update(`${urn}\0${purpose}`);
  const hex = (purpose: string, length: number) => stable(purpose).digest("hex").slice(0, length);
  const physical = ["name", "bucket", "domain", "statementId"]
    .map((key) => text(inputs[key]))
    .find((value) => value !== "");
  const context: Context = {
    inputs,
    region: text(inputs.region) || text(request.provider?.region) || defaultRegion,
    project: text(inputs.project) || text(request.provider?.project),
    physical: physical ?? `${name.toLowerCase()}-${hex("autoname", 7)}`,
    hex,
    alphanumeric: (purpose, length) => {
      const digits = BigInt(`0x${stable(purpose).digest("hex")}`).toString(36);
      const more = BigInt(`0x${stable(`${purpose}+`).digest("hex")}`).toString(36);
      return (digits + more).slice(0, length);
    },
    secret: (purpose, length) =>
      createHmac("sha512", request.seed ?? Buffer.alloc(0))
        .update(`${urn}\0${purpose}`)
        .digest("base64")
        .replace(/[^A-Za-z0-9]/g, "")
        .slice(0, length),
    uuid: (purpose) => hex(purpose, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5"),
  };
  const row = table[type] ?? otherRow(type);
  const { secrets = [], ...computed } = row(context);
  const { id, ...outputs } = computed;
  return { id, outputs: { ...inputs, ...outputs, ...(type.startsWith("aws:") ? { id } : {}) }, secrets };
}

/** `vpc-0123…`, and its ARN. @param short begins the id, where that is not the resource's kind */
function ec2(kind: string, region: string, hex: Context["hex"], short = kind): { id: string; arn: string } {
  const id = `${short}-0${hex("id", 16)}`;
  return { id, arn: arn("ec2", region, `${kind}/${id}`) };
}

/** A type that no row describes: an id, and an ARN by the usual pattern. */
function otherRow(type: string): Row {
  const service = type.split(":")[1]?.split("/")[0] ?? "";
  return ({ physical, region }) => ({
    id: physical,
    ...(type.startsWith("aws:") ? { arn: arn(service, region, physical) } : {}),
  });
}

/** Data sources. @throws Error for one that nothing simulates. */
export function simulateInvoke(token: string, args: Inputs): Record<string, unknown> {
  switch (token) {
    case "aws:ec2/getRouteTable:getRouteTable": {
      // Whoever knows the subnet's association puts its table in place of this one.
      const id = `rtb-0${createHash("sha256").update(text(args.subnetId)).digest("hex").slice(0, 16)}`;
      return { id, routeTableId: id, subnetId: args.subnetId };
    }
    case "aws:ec2/getPrefixList:getPrefixList":
      return { id: s3Prefixes, name: args.name, cidrBlocks: [] };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return {
        accountId: account,
        arn: `arn:aws:iam::${account}:user/example`,
        id: account,
        userId: "AIDAEXAMPLEEXAMPLE12",
      };
    default:
      throw new Error(`graph/simulate.ts does not give the data source ${token}`);
  }
}

/** A function is named by its name or its ARN. */
function functionName(value: unknown): string {
  return text(value).split(":function:").pop() ?? "";
}

function invokeArn(region: string, functionArn: string): string {
  return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}
