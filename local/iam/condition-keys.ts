// Which condition keys a policy may use. In a resource's policy a key of another service never has a value, so that an
// Allow with it never holds and a Deny with a negation always does; S3 does not even store such a policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

/**
 * What a policy is attached to: an identity, or a resource of these services (their prefixes in actions and keys). A
 * VPC endpoint's policy is about the services that its statement names.
 */
export type PolicyOwner = "identity" | { readonly resourceOf: readonly string[] };

/** Tags of the called resource, or of one to be created; the tag's name is part of the key. */
const tagKeys = /^aws:(request|resource)tag\/[\w+=.,:@/-]{1,128}$/;

/** Supported condition keys, global and service-specific, case-insensitive. Any other is rejected, not ignored. */
const knownKeys = new Set(
  [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SourceIp",
    "aws:SecureTransport",
    "aws:UserAgent",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
    "kms:ViaService",
    "kms:GrantIsForAWSResource",
    "aws:SourceAccount",
    "iam:PassedToService",
    "lambda:SourceFunctionArn",
    "s3:prefix",
    "cloudwatch:namespace",
  ].map((key) => key.toLowerCase()),
);

/**
 * Only in policies of identities and organisations, whatever the resource.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
const notOfResources = ["lambda:sourcefunctionarn"];

/**
 * The global keys that API Gateway does not know, of those above.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
 */
const notOfApis = /^aws:(sourceaccount$|requesttag\/|resourcetag\/)/;

/** @throws PolicyError for a key that is not supported here, or has no value in a policy of this owner */
export function checkKey(key: string, owner: PolicyOwner): void {
  const name = key.toLowerCase();
  if (!knownKeys.has(name) && !tagKeys.test(name)) throw new PolicyError("unsupported", `Condition key ${key}`);
  if (owner === "identity") return;
  const [prefix = ""] = name.split(":");
  const { resourceOf } = owner;
  const has =
    prefix === "aws"
      ? !(resourceOf.includes("execute-api") && notOfApis.test(name))
      : resourceOf.includes(prefix) && !notOfResources.includes(name);
  if (!has)
    throw new PolicyError("malformed", `Condition key ${key} in a policy of a resource of ${resourceOf.join()}`);
}

// Why a policy cannot be evaluated.

export class PolicyError extends Error {
  override readonly name = "PolicyError";

  /**
   * @param kind `malformed`: IAM would reject it as well; `unsupported`: valid in IAM, but not evaluated here
   * @param message what is wrong, naming the element
   */
  constructor(
    readonly kind: "malformed" | "unsupported",
    message: string,
  ) {
    super(message);
  }
}
