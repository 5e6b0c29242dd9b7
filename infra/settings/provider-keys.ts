// The settings of Pulumi's own providers (`aws:profile`, `gcp:project` …): which are passed on to the stack's providers, and
// which are refused, with the cure. The engine gives them only to providers that it makes itself, and this program makes
// its own: what is not passed on here would do nothing. A test compares the tables with the installed packages.
// Source: https://www.pulumi.com/docs/iac/concepts/resources/providers/ (explicit provider configuration)

/** How a value is written: `texts` is a list of texts; an object, or each of a list of them, has no other fields. */
export type Form =
  | "text"
  | "boolean"
  | "integer"
  | "texts"
  | "accounts"
  | "proxy"
  | "address"
  | "endpoints"
  | "tags"
  | "labels"
  | { readonly object: readonly string[] }
  | { readonly objects: readonly string[] };

/** The setting of this program that decides instead: the provider's may only repeat its value. */
export type DecidingSetting = "awsRegion" | "gcpProject" | "gcpRegion" | "auth0Domain";

export interface Unsupported {
  readonly why: string;
  /** What to do instead; the command that removes the setting comes before it. */
  readonly instead?: string;
  readonly decider?: DecidingSetting;
}

export interface Namespace {
  readonly passed: Readonly<Record<string, Form>>;
  readonly unsupported: Readonly<Record<string, Unsupported>>;
}

const decidedBy = (decider: DecidingSetting, why: string, value: string): Unsupported => ({
  why,
  instead: `pulumi config set ${decider} ${value}`,
  decider,
});
const secret = (instead: string): Unsupported => ({ why: "is a credential, which the state would hold", instead });

const identity = ["duration", "policy", "policyArns", "roleArn", "sessionName"];
const awsCredentials = secret("export AWS_PROFILE=<profile>");
const aws: Namespace = {
  passed: {
    allowedAccountIds: "accounts",
    assumeRoles: { objects: [...identity, "externalId", "sourceIdentity", "tags", "transitiveTagKeys"] },
    // Not `webIdentityToken`, which is a credential: the file that holds it is named.
    assumeRoleWithWebIdentity: { object: [...identity, "webIdentityTokenFile"] },
    customCaBundle: "text",
    defaultTags: "tags",
    ec2MetadataServiceEndpoint: "address",
    ec2MetadataServiceEndpointMode: "text",
    endpoints: "endpoints",
    forbiddenAccountIds: "accounts",
    httpProxy: "proxy",
    httpsProxy: "proxy",
    ignoreTags: { object: ["keyPrefixes", "keys"] },
    maxRetries: "integer",
    noProxy: "text",
    profile: "text",
    retryMode: "text",
    s3UsEast1RegionalEndpoint: "text",
    s3UsePathStyle: "boolean",
    sharedConfigFiles: "texts",
    sharedCredentialsFiles: "texts",
    skipCredentialsValidation: "boolean",
    skipMetadataApiCheck: "boolean",
    skipRegionValidation: "boolean",
    stsRegion: "text",
    tagPolicyCompliance: "text",
    tokenBucketRateLimiterCapacity: "integer",
    useDualstackEndpoint: "boolean",
    useFipsEndpoint: "boolean",
    userAgents: "texts",
  },
  unsupported: {
    region: decidedBy("awsRegion", "does nothing: awsRegion and secretsRegion name the regions", "<region>"),
    accessKey: awsCredentials,
    secretKey: awsCredentials,
    token: awsCredentials,
    insecure: { why: "would accept any certificate", instead: "pulumi config set aws:customCaBundle <file>" },
    // Without the account's number the check of forbidden accounts passes, and S3 finds no address for the tags of buckets.
    skipRequestingAccountId: { why: "would leave the account unknown, which the guards and the buckets' tags need" },
    assumeRole: {
      why: "is the name that version 6 of the provider used, and does nothing",
      instead: "pulumi config set --path 'aws:assumeRoles[0].roleArn' <arn>",
    },
  },
};

const gcpCredentials = secret("gcloud auth application-default login");
const gcp: Namespace = {
  passed: {
    addPulumiAttributionLabel: "boolean",
    batching: { object: ["enableBatching", "sendAfter"] },
    billingProject: "text",
    defaultLabels: "labels",
    disableGlobalProjectWarning: "boolean",
    disableGooglePartnerName: "boolean",
    googlePartnerName: "text",
    impersonateServiceAccount: "text",
    impersonateServiceAccountDelegates: "texts",
    pollInterval: "text",
    preferGlobalEndpoints: "boolean",
    preferRegionalEndpoints: "boolean",
    pulumiAttributionLabelAdditionStrategy: "text",
    requestReason: "text",
    requestTimeout: "text",
    scopes: "texts",
    skipRegionValidation: "boolean",
    universeDomain: "text",
    userProjectOverride: "boolean",
  },
  unsupported: {
    project: decidedBy("gcpProject", "does nothing: gcpProject names the project", "<project>"),
    region: decidedBy("gcpRegion", "does nothing: gcpRegion names the region", "<region>"),
    zone: { why: "does nothing: no resource of this stack is in a zone" },
    accessToken: gcpCredentials,
    credentials: gcpCredentials,
    externalCredentials: gcpCredentials,
    deletionPolicy: { why: "does nothing: protectData decides what may be deleted" },
  },
};

const auth0Credentials = (name: string) => secret(`export ${name}=<value>`);
const auth0: Namespace = {
  passed: {
    audience: "text",
    cliLogin: "boolean",
    clientAssertionSigningAlg: "text",
    clientId: "text",
    customDomainHeader: "text",
    dynamicCredentials: "boolean",
  },
  unsupported: {
    domain: decidedBy("auth0Domain", "does nothing: auth0Domain names the tenant", "<tenant>.auth0.com"),
    apiToken: auth0Credentials("AUTH0_API_TOKEN"),
    clientAssertionPrivateKey: auth0Credentials("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY"),
    clientSecret: auth0Credentials("AUTH0_CLIENT_SECRET"),
    debug: { why: "would write tokens and secrets to the log" },
  },
};

/** Made by the `awsx` package, whose provider has no settings: its resources are made by the stack's AWS provider. */
const awsx: Namespace = { passed: {}, unsupported: {} };

export const namespaces = { aws, awsx, gcp, auth0 } as const;

/** An address for one service of Google's, of which only that of Cloud KMS is called. */
export const customEndpoint = /CustomEndpoint$/;
export const usedEndpoint = "kmsCustomEndpoint";

/** Services that the stack calls, by each name that `aws:endpoints` has for them. */
export const endpointNames: readonly string[] = [
  ...["acm", "apigateway", "apigatewayv2", "cloudwatch", "cognitoidentityprovider", "cognitoidp", "ec2", "iam", "kms"],
  ...["cloudwatchevents", "eventbridge", "events", "cloudwatchlog", "cloudwatchlogs", "logs", "lambda"],
  ...["route53", "s3", "s3api", "s3control", "sagemaker", "scheduler", "secretsmanager", "sns", "sts", "wafv2"],
];
