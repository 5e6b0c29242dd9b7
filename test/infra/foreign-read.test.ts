// Whose reads of a secret the alarm tells of: the rule's pattern against records as CloudTrail writes them.

import { expect } from "chai";
import { foreignRead } from "../../infra/secrets/rotation-alarms";

const secretName = "model-serving-dev/api-key/0a1b2c";
const secretArn = `arn:aws:secretsmanager:us-west-2:123456789012:secret:${secretName}-AbCdEf`;
const rotation = "arn:aws:iam::123456789012:role/rotation";
const reader = "arn:aws:iam::123456789012:role/application";
const stranger = "arn:aws:iam::123456789012:role/Admin";
const pattern = foreignRead(secretName, [reader, rotation]);

/** A session of a role. */
const session = (role: string) => ({
  type: "AssumedRole",
  sessionContext: { sessionIssuer: { type: "Role", arn: role } },
});
/** Users act without a role; their sessions have a context without an issuer. */
const user = { type: "IAMUser", arn: "arn:aws:iam::123456789012:user/eve", sessionContext: { attributes: {} } };

/** A record of a read that was let through. */
function read(userIdentity: object, secretId: string): object {
  return record({ userIdentity, requestParameters: { secretId }, responseElements: null });
}

/** A record of a read that was denied: it has no parameters. https://github.com/aws-samples/aws-health-aware/issues/19 */
function denied(userIdentity: object, resource: string): object {
  return record({
    userIdentity,
    errorCode: "AccessDenied",
    errorMessage: `User: … is not authorized to perform: secretsmanager:GetSecretValue on resource: ${resource} with an explicit deny in a resource-based policy`,
    requestParameters: null,
    responseElements: null,
  });
}

function record(detail: object): object {
  return {
    source: "aws.secretsmanager",
    "detail-type": "AWS API Call via CloudTrail",
    detail: { eventSource: "secretsmanager.amazonaws.com", eventName: "GetSecretValue", ...detail },
  };
}

describe("Infrastructure: the rule on foreign reads", () => {
  for (const [who, identity] of [
    ["another role", session(stranger)],
    ["a user", user],
    ["a user's bare key", { type: "IAMUser" }],
  ] as const) {
    it(`tells of a read by ${who}`, () => expect(matches(pattern, read(identity, secretArn))).to.equal(true));
    it(`tells of a read by ${who} that was denied`, () => {
      for (const resource of [secretArn, secretName, secretArn.slice(0, -"-AbCdEf".length)])
        expect(matches(pattern, denied(identity, resource)), resource).to.equal(true);
    });
  }

  it("is silent on those who may read", () => {
    for (const role of [reader, rotation]) {
      expect(matches(pattern, read(session(role), secretArn))).to.equal(false);
      expect(matches(pattern, denied(session(role), secretArn))).to.equal(false);
    }
  });

  it("is silent on other secrets and other calls", () => {
    const other = secretArn.replace("0a1b2c", "3d4e5f");
    expect(matches(pattern, read(user, other))).to.equal(false);
    expect(matches(pattern, denied(user, other))).to.equal(false);
    const { detail } = read(user, secretArn) as { detail: object };
    expect(matches(pattern, record({ ...detail, eventName: "DescribeSecret" }))).to.equal(false);
  });
});

/**
 * What EventBridge makes of the operators that the pattern uses; of any other, an error.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
function matches(wanted: object, given: unknown): boolean {
  return Object.entries(wanted).every(([field, value]: [string, unknown]) => {
    if (field === "$or") return (value as object[]).some((either) => matches(either, given));
    const there = (given as Record<string, unknown> | null | undefined)?.[field];
    return Array.isArray(value) ? value.some((each) => takes(each, there)) : matches(value as object, there);
  });
}

function takes(condition: unknown, given: unknown): boolean {
  if (typeof condition === "string") return given === condition;
  const [operator, operand] = Object.entries(condition as object)[0] as [string, unknown];
  switch (operator) {
    case "exists":
      return (given !== undefined) === operand;
    case "anything-but":
      return typeof given === "string" && !(operand as string[]).includes(given);
    case "wildcard": {
      const parts = String(operand)
        .split("*")
        .map((part) => part.replace(/[.\\^$+?()[\]{}|]/g, "\\$&"));
      return typeof given === "string" && new RegExp(`^${parts.join(".*")}$`, "s").test(given);
    }
    default:
      throw new Error(`${operator} is not played here`);
  }
}
