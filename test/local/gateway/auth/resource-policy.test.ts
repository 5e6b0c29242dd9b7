import { expect } from "chai";
import type { ApiRequest } from "../../../../local/server/api-request";
import { resourcePolicyOf } from "../../../../local/gateway/auth/resource-policy";
import { aRequest, now } from "./a-request";
import { aDocument } from "./a-document";

const action = "execute-api:Invoke";
const all = "execute-api:/dev/*";
const role = "arn:aws:iam::123456789012:role/teams/scoring";
const session = { arn: "arn:aws:sts::123456789012:assumed-role/scoring/batch", account: "123456789012" };
const user = { arn: "arn:aws:iam::210987654321:user/one", account: "210987654321" };

const allow = (Principal: unknown, Resource: unknown = all) => ({
  Effect: "Allow",
  Principal,
  Action: action,
  Resource,
});
const policyOf = (...Statement: unknown[]) =>
  resourcePolicyOf(aDocument({}, { "x-amazon-apigateway-policy": { Version: "2012-10-17", Statement } }))!;
const get = (path: string, different: Partial<ApiRequest> = {}) => aRequest({ method: "GET", path, ...different });

describe("a resource policy", () => {
  it("is none where the document has none", () => {
    expect(resourcePolicyOf(aDocument({}))).to.equal(undefined);
  });

  const cases: [
    what: string,
    statement: object,
    call: ApiRequest,
    signer: typeof user | undefined,
    decision: string,
  ][] = [
    ["allows everyone by *", allow("*"), get("/v2"), undefined, "allow"],
    ["allows everyone by * of AWS", allow({ AWS: "*" }), get("/v2"), undefined, "allow"],
    ["allows a role's session", allow({ AWS: role }), get("/v2"), session, "allow"],
    ["allows nobody unsigned as a role", allow({ AWS: role }), get("/v2"), undefined, "implicitDeny"],
    ["allows no other role", allow({ AWS: `${role}-admin` }), get("/v2"), session, "implicitDeny"],
    ["allows an account's users", allow({ AWS: "arn:aws:iam::210987654321:root" }), get("/v2"), user, "allow"],
    ["allows an account by its number", allow({ AWS: "210987654321" }), get("/v2"), user, "allow"],
    ["allows no other account", allow({ AWS: "arn:aws:iam::210987654321:root" }), get("/v2"), session, "implicitDeny"],
    ["allows one of several", allow({ AWS: [role, user.arn] }), get("/v2"), user, "allow"],
    ["allows no other stage", allow("*", "execute-api:/prod/*"), get("/v2"), undefined, "implicitDeny"],
    ["allows no other method", allow("*", "execute-api:/dev/POST/*"), get("/v2"), undefined, "implicitDeny"],
    ["allows a model", allow("*", "execute-api:/dev/GET/v2/models/a"), get("/v2/models/a"), undefined, "allow"],
    [
      "allows no longer name",
      allow("*", "execute-api:/dev/GET/v2/models/a"),
      get("/v2/models/ab"),
      undefined,
      "implicitDeny",
    ],
    [
      "denies a path behind further slashes",
      { ...allow("*", "execute-api:/dev/GET//secret"), Effect: "Deny" },
      get("/secret", { sentPath: "//secret" }),
      undefined,
      "explicitDeny",
    ],
    [
      "allows no path that is named without its further slashes only",
      allow("*", "execute-api:/dev/GET/v2"),
      get("/v2", { sentPath: "//v2" }),
      undefined,
      "implicitDeny",
    ],
    [
      "denies a path in whatever spelling",
      { ...allow("*", "execute-api:/dev/GET/secret"), Effect: "Deny" },
      get("/secre%74"),
      undefined,
      "explicitDeny",
    ],
    [
      "denies another network",
      { ...allow("*"), Effect: "Deny", Condition: { NotIpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } } },
      get("/v2", { sourceIp: "203.0.114.1" }),
      undefined,
      "explicitDeny",
    ],
    [
      "denies not its own",
      { ...allow("*"), Effect: "Deny", Condition: { NotIpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } } },
      get("/v2", { sourceIp: "::ffff:203.0.113.9" }),
      undefined,
      "implicitDeny",
    ],
  ];
  for (const [what, statement, call, signer, decision] of cases) {
    it(what, () => {
      expect(policyOf(statement).decide(call, now, signer)).to.equal(decision);
    });
  }

  const broken: [what: string, policy: unknown, why: RegExp][] = [
    ["that is not an object", "allow", /has a part that is not an object/],
    ["without statements", { Version: "2012-10-17" }, /has a part that is not an object/],
    [
      "that names no principal",
      { Statement: [{ Effect: "Allow", Action: action, Resource: all }] },
      /has a part that is not an object/,
    ],
    [
      "that names whom it is not for",
      { Statement: [{ ...allow("*"), Principal: undefined, NotPrincipal: "*" }] },
      /is not an object/,
    ],
    ["of a service", { Statement: [allow({ Service: "lambda.amazonaws.com" })] }, /neither \* nor a principal of AWS/],
    [
      "of many roles",
      { Statement: [allow({ AWS: "arn:aws:iam::123456789012:role/*" })] },
      /neither \* nor a principal/,
    ],
    [
      "of a full ARN",
      { Statement: [allow("*", "arn:aws:execute-api:us-east-1:123456789012:abc/*")] },
      /not of the form/,
    ],
    [
      "with a condition that is not known",
      { Statement: [{ ...allow("*"), Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } } }] },
      /Condition key aws:SourceVpce/,
    ],
  ];
  for (const [what, policy, why] of broken) {
    it(`stops the start where it is one ${what}`, () => {
      expect(() => resourcePolicyOf(aDocument({}, { "x-amazon-apigateway-policy": policy }))).to.throw(why);
    });
  }
});
