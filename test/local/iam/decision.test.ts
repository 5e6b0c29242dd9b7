import { expect } from "chai";
import { type Decision, decide } from "../../../local/iam/decision";
import { policyOf } from "../../../local/iam/policy";
import { type PolicyOwner, PolicyError } from "../../../local/iam/condition-keys";

const arn = "arn:aws:execute-api:eu-central-1:123456789012:abcde12345/dev/POST/v2/models/m/infer";
const keys = new Map([
  ["aws:currenttime", "2026-11-21T08:00:00.000Z"],
  ["aws:epochtime", "1795248000"],
  ["aws:sourceip", "192.0.2.7"],
  ["aws:securetransport", "true"],
  ["aws:principalarn", "arn:aws:iam::123456789012:user/caller"],
]);

const allow = { Effect: "Allow", Action: "execute-api:Invoke", Resource: arn };
const deny = { ...allow, Effect: "Deny" };

function decision(...statements: object[]): Decision {
  return decide([policyOf({ Version: "2012-10-17", Statement: statements }, "identity")], {
    action: "execute-api:Invoke",
    resources: [arn],
    keys,
  });
}

describe("a policy's decision", () => {
  const cases: Record<string, [Decision, ...object[]]> = {
    "an exact allow allows": ["allow", allow],
    "nothing that speaks of the call denies implicitly": ["implicitDeny", { ...allow, Resource: `${arn}/more` }],
    "a deny wins over an allow before it": ["explicitDeny", allow, deny],
    "a deny wins over an allow after it": ["explicitDeny", deny, allow],
    "a deny of something else leaves the allow": ["allow", allow, { ...deny, Resource: `${arn}/more` }],
    "a star spans path segments": ["allow", { ...allow, Resource: arn.replace(/POST.*/, "*") }],
    "a star spans to other methods' segments in a deny": [
      "explicitDeny",
      allow,
      { ...deny, Resource: "arn:aws:execute-api:*/dev/*" },
    ],
    "a question mark is one character": ["allow", { ...allow, Resource: arn.replace("/m/", "/?/") }],
    "resources are compared by case": ["implicitDeny", { ...allow, Resource: arn.replace("POST", "post") }],
    "another stage is not covered": ["implicitDeny", { ...allow, Resource: arn.replace("/dev/", "/prod/") }],
    "actions are compared without case": ["allow", { ...allow, Action: "Execute-API:invoke" }],
    "an action of another kind allows nothing": ["implicitDeny", { ...allow, Action: "execute-api:ManageConnections" }],
    "an action of another service allows nothing": ["implicitDeny", { ...allow, Action: "s3:*" }],
    "one of several actions is enough": ["allow", { ...allow, Action: ["s3:GetObject", "execute-api:*"] }],
    "a bare star is every action": ["allow", { ...allow, Action: "*" }],
    "NotAction excludes what it names": ["implicitDeny", { ...allow, Action: undefined, NotAction: "execute-api:*" }],
    "NotAction includes what it does not name": ["allow", { ...allow, Action: undefined, NotAction: "s3:*" }],
    "NotResource excludes what it names": ["implicitDeny", { ...allow, Resource: undefined, NotResource: [arn, "x"] }],
    "NotResource in a deny hits everything else": [
      "explicitDeny",
      allow,
      { ...deny, Resource: undefined, NotResource: `${arn}/more` },
    ],
  };
  for (const [name, [expected, ...statements]] of Object.entries(cases))
    it(name, () => expect(decision(...statements)).to.equal(expected));

  it("needs an allow for every spelling, and one spelling's deny is enough", () => {
    const policies = [
      policyOf(
        {
          Statement: [
            { ...allow, Resource: "a" },
            { ...allow, Resource: "b" },
            { ...deny, Resource: "c" },
          ],
        },
        "identity",
      ),
    ];
    const of = (...resources: string[]): Decision =>
      decide(policies, { action: "execute-api:Invoke", resources, keys });
    expect(of("a", "b")).to.equal("allow");
    expect(of("a", "d")).to.equal("implicitDeny");
    expect(of("a", "c")).to.equal("explicitDeny");
    expect(of()).to.equal("implicitDeny");
  });

  it("of no policies denies implicitly", () => {
    expect(decide([], { action: "execute-api:Invoke", resources: [arn], keys })).to.equal("implicitDeny");
  });
});

describe("a policy's condition", () => {
  const cases: [operator: string, key: string, value: unknown, holds: boolean][] = [
    ["StringEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/caller", true],
    ["StringEquals", "AWS:PRINCIPALARN", "arn:aws:iam::123456789012:user/caller", true],
    ["StringEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/CALLER", false],
    ["StringEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/*", false],
    ["StringEqualsIgnoreCase", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/CALLER", true],
    ["StringLike", "aws:PrincipalArn", "arn:aws:iam::*:user/c?ller", true],
    ["StringNotEquals", "aws:PrincipalArn", ["x", "arn:aws:iam::123456789012:user/caller"], false],
    ["StringNotLike", "aws:PrincipalArn", "*other*", true],
    ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*", true],
    ["ArnEquals", "aws:PrincipalArn", "arn:aws:iam::210987654321:user/*", false],
    ["ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", true],
    ["IpAddress", "aws:SourceIp", "192.0.2.0/24", true],
    ["IpAddress", "aws:SourceIp", ["198.51.100.0/24", "192.0.2.7"], true],
    ["IpAddress", "aws:SourceIp", "192.0.2.0/30", false],
    ["IpAddress", "aws:SourceIp", "::/0", false],
    ["NotIpAddress", "aws:SourceIp", "192.0.2.0/24", false],
    ["DateLessThan", "aws:CurrentTime", "2026-11-21T08:00:01Z", true],
    ["DateLessThan", "aws:CurrentTime", "2026-11-21T08:00:00.000Z", false],
    ["DateLessThan", "aws:CurrentTime", "2026-11-21T09:00:01+02:00", false],
    ["DateGreaterThan", "aws:CurrentTime", "2026-11-21T07:59:59Z", true],
    ["DateLessThanEquals", "aws:EpochTime", 1795248000, true],
    ["NumericLessThan", "aws:EpochTime", "1795248000", false],
    ["NumericGreaterThanEquals", "aws:EpochTime", "1795248000", true],
    ["Bool", "aws:SecureTransport", "true", true],
    ["Bool", "aws:SecureTransport", false, false],
    ["StringEquals", "aws:username", "caller", false],
    ["StringNotEquals", "aws:username", "caller", true],
    ["StringEqualsIfExists", "aws:username", "caller", true],
    ["StringEqualsIfExists", "aws:PrincipalArn", "other", false],
    ["ForAllValues:StringEquals", "aws:username", "caller", true],
    ["ForAnyValue:StringNotEquals", "aws:username", "caller", false],
    ["ForAnyValue:StringLike", "aws:PrincipalArn", "*caller", true],
  ];
  for (const [operator, key, value, holds] of cases)
    it(`${operator} ${key} ${JSON.stringify(value)} ${holds ? "holds" : "does not hold"}`, () => {
      const condition = { [operator]: { [key]: value } };
      expect(decision({ ...allow, Condition: condition })).to.equal(holds ? "allow" : "implicitDeny");
      expect(decision(allow, { ...deny, Condition: condition })).to.equal(holds ? "explicitDeny" : "allow");
    });

  it("holds only where all of its lines do", () => {
    const both = (value: string) => ({ Bool: { "aws:SecureTransport": "true" }, IpAddress: { "aws:SourceIp": value } });
    expect(decision({ ...allow, Condition: both("192.0.2.7") })).to.equal("allow");
    expect(decision({ ...allow, Condition: both("192.0.2.8") })).to.equal("implicitDeny");
  });

  it("knows an IPv4 caller behind a dual-stack socket", () => {
    const policies = [
      policyOf(
        { Statement: [allow, { ...deny, Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }] },
        "identity",
      ),
    ];
    const mapped = new Map([["aws:sourceip", "::ffff:192.0.2.7"]]);
    expect(decide(policies, { action: "execute-api:Invoke", resources: [arn], keys: mapped })).to.equal("explicitDeny");
  });
});

describe("a policy that is not understood", () => {
  const one = (statement: object): object => ({ Version: "2012-10-17", Statement: [statement] });
  const cases: Record<string, [document: unknown, kind: PolicyError["kind"]]> = {
    "no object": ["allow", "malformed"],
    null: [null, "malformed"],
    "no statement": [{ Version: "2012-10-17" }, "malformed"],
    "an empty list": [{ Statement: [] }, "malformed"],
    "an unknown version": [{ Version: "2026-01-01", Statement: [allow] }, "malformed"],
    "a misspelt element": [one({ ...allow, condition: {} }), "malformed"],
    "an element of the document that IAM does not know": [{ Statement: [allow], statement: [deny] }, "malformed"],
    "a misspelt element of the document": [{ Statements: [allow] }, "malformed"],
    "an effect in lower case": [one({ ...allow, Effect: "allow" }), "malformed"],
    "no action": [one({ Effect: "Allow", Resource: arn }), "malformed"],
    "no resource": [one({ Effect: "Allow", Action: "*" }), "malformed"],
    "action and NotAction": [one({ ...allow, NotAction: "s3:*" }), "malformed"],
    "an empty resource": [one({ ...allow, Resource: [] }), "malformed"],
    "an empty string for a resource": [one({ ...allow, Resource: "" }), "malformed"],
    "a number for an action": [one({ ...allow, Action: 1 }), "malformed"],
    "a principal": [one({ ...allow, Principal: "*" }), "malformed"],
    "an address that is none": [
      one({ ...deny, Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/33" } } }),
      "malformed",
    ],
    "a date that is none": [
      one({ ...deny, Condition: { DateLessThan: { "aws:CurrentTime": "tomorrow" } } }),
      "malformed",
    ],
    "a boolean that is none": [one({ ...deny, Condition: { Bool: { "aws:SecureTransport": "yes" } } }), "malformed"],
    "a condition that is a list": [one({ ...deny, Condition: [] }), "malformed"],
    "an unknown operator": [one({ ...deny, Condition: { StringResembles: { "aws:SourceIp": "x" } } }), "unsupported"],
    "an operator of Object's prototype": [
      one({ ...deny, Condition: { constructor: { "aws:SourceIp": "x" } } }),
      "unsupported",
    ],
    "an unknown key": [one({ ...deny, Condition: { StringEquals: { "aws:PrincipalTag/team": "x" } } }), "unsupported"],
    "a policy variable": [one({ ...allow, Resource: "arn:aws:execute-api:*:*:*/${aws:username}" }), "unsupported"],
    "a policy variable in a condition": [
      one({ ...allow, Condition: { StringEquals: { "aws:username": "${aws:PrincipalArn}" } } }),
      "unsupported",
    ],
  };
  for (const [name, [document, kind]] of Object.entries(cases))
    it(`is rejected: ${name}`, () => {
      const error = (() => {
        try {
          return policyOf(document, "identity");
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).to.be.instanceOf(PolicyError);
      expect((error as PolicyError).kind).to.equal(kind);
    });
});

describe("a condition key", () => {
  const asks = (key: string, owner: PolicyOwner) => () =>
    policyOf({ Statement: [{ ...deny, Condition: { StringNotEquals: { [key]: "x" } } }] }, owner);
  const source = "lambda:SourceFunctionArn";

  it("may be any in an identity's policy", () => {
    for (const key of [source, "s3:prefix", "kms:ViaService", "iam:PassedToService", "aws:SourceAccount"])
      expect(asks(key, "identity")).not.to.throw();
  });

  const good: [service: string, key: string][] = [
    ["s3", "aws:PrincipalArn"],
    ["s3", "s3:prefix"],
    ["s3", "aws:ResourceTag/team"],
    ["kms", "kms:ViaService"],
    ["execute-api", "aws:PrincipalArn"],
    ["cloudwatch", "cloudwatch:namespace"],
  ];
  for (const [service, key] of good)
    it(`may be ${key} in a policy of ${service}`, () => expect(asks(key, { resourceOf: [service] })).not.to.throw());

  const bad: [service: string, key: string][] = [
    ["s3", source],
    ["s3", source.toUpperCase()],
    ["secretsmanager", source],
    ["lambda", source],
    ["s3", "kms:ViaService"],
    ["kms", "s3:prefix"],
    ["secretsmanager", "iam:PassedToService"],
    ["execute-api", "aws:SourceAccount"],
    ["execute-api", "aws:ResourceTag/team"],
  ];
  for (const [service, key] of bad)
    it(`is rejected: ${key} in a policy of ${service}`, () =>
      expect(asks(key, { resourceOf: [service] }))
        .to.throw(PolicyError, `Condition key ${key} in a policy of a resource of ${service}`)
        .with.property("kind", "malformed"));
});
