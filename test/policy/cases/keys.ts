// Keys and secrets in AWS and Google Cloud, and what the stack's outputs reveal of them.

import { a, but, type Cases, policy } from "../a-graph";

const key = a("aws:kms/key:Key", "key", { enableKeyRotation: true, deletionWindowInDays: 30, policy: policy({}) });
const cloudKey = a(
  "gcp:kms/cryptoKey:CryptoKey",
  "key",
  { rotationPeriod: "100000s", deletionPolicy: "PREVENT" },
  { protect: true },
);
const member = a("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "member", {
  member: "serviceAccount:model@example.iam.gserviceaccount.com",
  role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
});
const binding = a("gcp:kms/keyRingIAMBinding:KeyRingIAMBinding", "binding", {
  members: ["allUsers"],
  role: "roles/viewer",
});

const rotating = a("aws:lambda/function:Function", "rotate", { name: "rotate" });
const secret = a("aws:secretsmanager/secret:Secret", "secret", {
  kmsKeyId: "arn:aws:kms:us-west-2:123456789012:key/1",
});
const rotation = a("aws:secretsmanager/secretRotation:SecretRotation", "rotation", {
  secretId: "secret",
  rotationLambdaArn: `${String(rotating.outputs.arn)}:live`,
  rotationRules: { automaticallyAfterDays: 30 },
});
const schedule = (scheduleExpression: string) => but(rotation, { rotationRules: { scheduleExpression } });
const allowed = a("aws:lambda/permission:Permission", "rotates", {
  function: "rotate",
  action: "lambda:InvokeFunction",
  principal: "secretsmanager.amazonaws.com",
  sourceArn: String(secret.outputs.arn),
});
const reader = "arn:aws:iam::123456789012:role/my-application";
const denial = { Effect: "Deny", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" };
const allBut = (...readers: string[]) => ({ Condition: { ArnNotEquals: { "aws:PrincipalArn": readers } } });
/** The secret with a policy of its own: the program's with changes. */
const closed = (...changes: Record<string, unknown>[]) => [
  rotating,
  secret,
  a("aws:secretsmanager/secretPolicy:SecretPolicy", "closed", {
    secretArn: "secret",
    policy: policy(...changes.map((change) => ({ ...denial, ...change }))),
  }),
];
const value = "bm90IGEgcmVhbCBzZWNyZXQgYXQgYWxs";
const apiKey = a("aws:apigateway/apiKey:ApiKey", "key", {}, { outputs: { value }, secrets: ["outputs.value"] });
const stack = (outputs: Record<string, unknown>) => a("pulumi:pulumi:Stack", "dev", {}, { outputs });

export const keys: Cases = {
  "key-rotates": {
    good: { "yearly by default": [key], "each quarter": [but(key, { rotationPeriodInDays: 90 })] },
    bad: {
      "rotation is off": [but(key, { enableKeyRotation: false })],
      "rotation is not mentioned": [but(key, { enableKeyRotation: undefined })],
      "the period is too long": [but(key, { rotationPeriodInDays: 2560 })],
      "the key is disabled": [but(key, { isEnabled: false })],
    },
  },
  "key-outlives-a-mistake": {
    good: { "a month": [key], "AWS's default": [but(key, { deletionWindowInDays: undefined })] },
    bad: { "a week": [but(key, { deletionWindowInDays: 7 })] },
  },
  "key-has-its-own-policy": {
    good: {
      "its own": [key],
      "one apart": [
        but(key, { policy: undefined }),
        a("aws:kms/keyPolicy:KeyPolicy", "p", { keyId: "key", policy: policy({}) }),
      ],
    },
    bad: {
      none: [but(key, { policy: undefined })],
      "one without statements": [but(key, { policy: policy() })],
      "one of another key": [
        but(key, { policy: undefined }),
        a("aws:kms/keyPolicy:KeyPolicy", "p", { keyId: "other", policy: policy({}) }),
      ],
      "one that is not JSON": [but(key, { policy: "{" })],
      "one that may lock everybody out": [but(key, { bypassPolicyLockoutSafetyCheck: true })],
    },
  },
  "cloud-key-rotates": {
    good: { "within days": [cloudKey], "in 90 days": [but(cloudKey, { rotationPeriod: "7776000s" })] },
    bad: {
      never: [but(cloudKey, { rotationPeriod: undefined })],
      "in 91 days": [but(cloudKey, { rotationPeriod: "7862400s" })],
      "in a form that Google refuses": [but(cloudKey, { rotationPeriod: "90d" })],
    },
  },
  "cloud-key-is-kept": {
    good: { protected: [cloudKey] },
    bad: { "not protected": [{ ...cloudKey, protect: false }] },
  },
  "cloud-key-is-private": {
    good: { "a named member": [member] },
    bad: {
      everybody: [but(member, { member: "allUsers" })],
      "everybody with an account": [but(member, { member: "allAuthenticatedUsers" })],
      "a binding of the ring": [binding],
      "a policy": [
        a("gcp:kms/cryptoKeyIAMPolicy:CryptoKeyIAMPolicy", "p", {
          policyData: '{"bindings":[{"members":["user:a@example.com","allUsers"]}]}',
        }),
      ],
    },
  },
  "cloud-key-roles-are-narrow": {
    good: { "a role of use": [member] },
    bad: {
      owner: [but(member, { role: "roles/owner" })],
      "key admin": [but(member, { role: "roles/cloudkms.admin" })],
    },
  },
  "secret-rotates": {
    good: {
      "each month": [secret, rotation, rotating],
      "by a schedule": [secret, schedule("rate(10 days)"), rotating],
      "by cron, each month": [secret, schedule("cron(0 8 1 * ? *)"), rotating],
      "by cron, each second month": [secret, schedule("cron(0 8 1 1/2 ? *)"), rotating],
    },
    bad: {
      never: [secret, rotating],
      "another secret does": [secret, but(rotation, { secretId: "other" }), rotating],
      "by a function of somebody else": [
        secret,
        but(rotation, { rotationLambdaArn: "arn:aws:lambda:us-east-1:999999999999:function:x" }),
        rotating,
      ],
      "each half year": [secret, but(rotation, { rotationRules: { automaticallyAfterDays: 180 } }), rotating],
      "without rules": [secret, but(rotation, { rotationRules: undefined }), rotating],
      "each year by rate": [secret, schedule("rate(365 days)"), rotating],
      "each fourth month by cron": [secret, schedule("cron(0 8 1 1/4 ? *)"), rotating],
      "once, in one year": [secret, schedule("cron(0 8 1 * ? 2027)"), rotating],
      "not for now": [secret, but(rotation, { rotationEnabled: false }), rotating],
    },
  },
  "secret-rotation-may-run": {
    good: {
      "for this secret": [secret, rotation, rotating, allowed],
      "for this account": [
        secret,
        rotation,
        rotating,
        but(allowed, { sourceArn: undefined, sourceAccount: "123456789012" }),
      ],
    },
    bad: {
      "nobody may": [secret, rotation, rotating],
      "for anybody": [secret, rotation, rotating, but(allowed, { sourceArn: undefined })],
      "for another function": [secret, rotation, rotating, but(allowed, { function: "other" })],
      "another service": [secret, rotation, rotating, but(allowed, { principal: "events.amazonaws.com" })],
    },
  },
  "secret-is-read-by-named-roles": {
    good: {
      "to one role": closed(allBut(reader)),
      "to two": closed(allBut(reader, "arn:aws:iam::123456789012:role/teams/scoring")),
      "to nobody": closed({}),
      "of all reading": closed({ ...allBut(reader), Action: ["secretsmanager:*"] }),
      "beside another statement": closed(
        { ...allBut(reader), Action: "secretsmanager:PutSecretValue" },
        allBut(reader),
      ),
      "in the secret itself": [rotating, but(secret, { policy: policy({ ...denial, ...allBut(reader) }) })],
    },
    bad: {
      "no policy": [rotating, secret],
      "a policy of another secret": [
        rotating,
        secret,
        a("aws:secretsmanager/secretPolicy:SecretPolicy", "other", { secretArn: "other", policy: policy(denial) }),
      ],
      "a policy without statements": closed(),
      "two policies, of which one denies": [
        ...closed(allBut(reader)),
        a("aws:secretsmanager/secretPolicy:SecretPolicy", "open", { secretArn: "secret", policy: policy() }),
      ],
      "another action": closed({ ...allBut(reader), Action: "secretsmanager:GetRandomPassword" }),
      "all actions but reading": closed({
        ...allBut(reader),
        Action: undefined,
        NotAction: "secretsmanager:GetSecretValue",
      }),
      "an allowance": closed({ ...allBut(reader), Effect: "Allow" }),
      "one principal alone": closed({ ...allBut(reader), Principal: { AWS: "arn:aws:iam::123456789012:role/x" } }),
      "all principals but one": closed({ Principal: undefined, NotPrincipal: { AWS: reader } }),
      "another secret": closed({
        ...allBut(reader),
        Resource: "arn:aws:secretsmanager:us-west-2:123456789012:secret:x",
      }),
      "all secrets but one": closed({ ...allBut(reader), Resource: undefined, NotResource: "x" }),
      "a role of another account": closed(allBut(reader, "arn:aws:iam::999999999999:role/reader")),
      "a list without roles, which never matches": closed(allBut()),
      "a whole account": closed(allBut("arn:aws:iam::123456789012:root")),
      "every role": closed(allBut("arn:aws:iam::123456789012:role/*")),
      "a role that the caller names": closed(allBut("arn:aws:iam::123456789012:role/${aws:username}")),
      "the reverse": closed({ Condition: { ArnEquals: { "aws:PrincipalArn": reader } } }),
      "a condition more": closed({
        Condition: { ...allBut(reader).Condition, IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
      }),
      "another key": closed({ Condition: { ArnNotEquals: { "aws:SourceArn": reader } } }),
    },
  },
  "secret-is-encrypted-by-our-key": {
    good: { "our key": [secret] },
    bad: {
      none: [but(secret, { kmsKeyId: undefined })],
      "AWS's key": [but(secret, { kmsKeyId: "alias/aws/secretsmanager" })],
    },
  },
  "secret-value-stays-out-of-the-program": {
    good: { "no version": [secret] },
    bad: {
      "an access key": [a("aws:iam/accessKey:AccessKey", "key", { user: "deployer" })],
      "a person's password": [a("aws:iam/userLoginProfile:UserLoginProfile", "login", { user: "operator" })],

      "a version with a text": [
        secret,
        a("aws:secretsmanager/secretVersion:SecretVersion", "v", { secretId: "secret", secretString: "x" }),
      ],
      "a write-only text": [
        secret,
        a("aws:secretsmanager/secretVersion:SecretVersion", "v", { secretId: "secret", secretStringWo: "x" }),
      ],
    },
  },
  "outputs-hold-no-secret": {
    good: {
      "an address and ids": [
        stack({
          endpoint: "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/dev/mymodel",
          keyId: "a1b2c3d4e5",
          clientId: "AaiyAPdpYdesoKnqjj8HJqRn4T5titww",
          gcpKeyRing: "projects/example-project/locations/global/keyRings/secrets-gcp-key-ring-46b8bd2",
        }),
      ],
    },
    bad: {
      "a key's value": [stack({ key: value }), apiKey],
      "a key's value as an id": [stack({ keyId: value }), apiKey],
      "one inside a text": [stack({ curl: `curl -H 'x-api-key: ${value}'` }), apiKey],
      "one in an object": [stack({ keys: { mine: [value] } }), apiKey],
      "a token": [stack({ token: "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYWNoaW5lIn0.c2lnbmF0dXJl" })],
      "a private key": [stack({ pem: "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE" })],
      "random text": [stack({ password: "q7Rt2Zp9Xw4Lm8Vb3Nk6Yh1Jd5" })],
      "an address with a password": [stack({ url: "https://user:hunter2@example.com/" })],
    },
  },
};
