// What does not matter for security, of buckets, keys, secrets, identities and providers: see irrelevance.ts.

import { fails, type Irrelevant } from "./row";

export const storage: readonly Irrelevant[] = [
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
  {
    type: /s3\/bucketObjectv2:/,
    name: /^sagemaker-training-definition$/,
    path: /^content\.(?!.*(Kms|Vpc|Network|Encrypt|RoleArn|Subnets|SecurityGroup|ImageUri|TrainingImage|^content\.Version))/,
    why: "what the jobs compute, in what order and on which machine; their roles bound what they can read, write and publish",
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
