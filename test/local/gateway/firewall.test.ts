import { expect } from "chai";
import { type Graph, type Resource } from "../../../graph/resource";
import { firewallGaps, firewallOf } from "../../../local/gateway/firewall/web-acl";
import { aRequest, now } from "./auth/a-request";

const stage = "arn:aws:apigateway:eu-central-1::/restapis/abcde12345/stages/dev";

const resource = (type: string, name: string, inputs: object): Resource => ({
  type,
  name,
  urn: `urn:${name}`,
  id: name,
  parent: "",
  inputs: { ...inputs },
  outputs: { ...inputs, arn: `arn:${name}` },
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  deleteBeforeReplace: false,
  secrets: [],
});

interface Declared {
  readonly rules?: readonly object[];
  readonly acl?: object;
  readonly sets?: Readonly<Record<string, string[]>>;
}

function graphOf({ rules = [], acl = {}, sets = {} }: Declared): Graph {
  const resources = [
    resource("aws:wafv2/webAcl:WebAcl", "acl", {
      defaultAction: { allow: {} },
      rules: rules.map((rule, priority) => ({ name: `rule-${priority}`, priority, action: { block: {} }, ...rule })),
      ...acl,
    }),
    resource("aws:wafv2/webAclAssociation:WebAclAssociation", "association", {
      webAclArn: "arn:acl",
      resourceArn: stage,
    }),
    ...Object.entries(sets).map(([name, addresses]) => resource("aws:wafv2/ipSet:IpSet", name, { addresses })),
  ];
  return { stack: "dev", resources, examples: [], outputs: {} };
}

const inSet = (name: string) => ({ ipSetReferenceStatement: { arn: `arn:${name}` } });
const rate = (limit: number, more: object = {}) => ({ statement: { rateBasedStatement: { limit, ...more } } });
const byKey = {
  aggregateKeyType: "CUSTOM_KEYS",
  customKeys: [{ header: { name: "x-api-key", textTransformations: [{ priority: 0, type: "NONE" }] } }],
};

/** A firewall whose clock a test moves, in milliseconds. */
function firewall(declared: Declared) {
  const clock = { now };
  const judge = firewallOf(stage, graphOf(declared), () => clock.now)!;
  const from = (sourceIp: string, headers: [string, string][] = []) => judge(aRequest({ sourceIp, headers }))?.reason;
  return { clock, from };
}
const rule0 = "the firewall's rule rule-0";

describe("the web ACL of a stage", () => {
  it("is none where no web ACL is associated with it", () => {
    expect(firewallOf(`${stage}x`, graphOf({}), () => now)).to.equal(undefined);
  });

  it("answers what it blocks as API Gateway does", () => {
    const judge = firewallOf(stage, graphOf({ rules: [rate(0)] }), () => now)!;
    expect(judge(aRequest())).to.deep.equal({ type: "WAF_FILTERED", message: "Forbidden", reason: rule0 });
  });

  it("blocks addresses of a set, in either family, however a socket writes them", () => {
    const { from } = firewall({
      rules: [{ statement: inSet("bad") }],
      sets: { bad: ["198.51.100.0/24", "2001:db8::/32"] },
    });
    expect(["198.51.100.7", "::ffff:198.51.100.7", "2001:db8::1"].map((ip) => from(ip))).to.deep.equal([
      rule0,
      rule0,
      rule0,
    ]);
    expect(["198.51.101.7", "2001:db9::1"].map((ip) => from(ip))).to.deep.equal([undefined, undefined]);
  });

  it("blocks all but the addresses of some sets", () => {
    const statement = { notStatement: { statement: { orStatement: { statements: [inSet("four"), inSet("six")] } } } };
    const { from } = firewall({ rules: [{ statement }], sets: { four: ["203.0.113.0/24"], six: ["2001:db8::/32"] } });
    expect(["203.0.113.9", "2001:db8::9", "203.0.114.9"].map((ip) => from(ip))).to.deep.equal([
      undefined,
      undefined,
      rule0,
    ]);
  });

  it("counts each address apart, and lets it in again as the window passes", () => {
    const { clock, from } = firewall({ rules: [rate(3)] });
    const four = () => Array.from({ length: 4 }, () => from("192.0.2.1"));
    expect(four()).to.deep.equal([undefined, undefined, undefined, rule0]);
    expect(from("192.0.2.2")).to.equal(undefined);
    clock.now += 299_000;
    expect(from("192.0.2.1")).to.equal(rule0);
    clock.now += 1_000 + 300_000;
    expect(from("192.0.2.1")).to.equal(undefined);
  });

  it("forgets a whole window at once, and no part of it later", () => {
    const { clock, from } = firewall({ rules: [rate(3)] });
    for (let call = 0; call < 3; call++) from("192.0.2.1");
    clock.now += 300_000;
    expect([1, 2, 3, 4].map(() => from("192.0.2.1"))).to.deep.equal([undefined, undefined, undefined, rule0]);
  });

  it("keeps blocking who keeps trying", () => {
    const { clock, from } = firewall({ rules: [rate(3)] });
    for (let second = 0; second < 900; second += 50) {
      for (let call = 0; call < 4; call++) from("192.0.2.1");
      clock.now += 50_000;
    }
    expect(from("192.0.2.1")).to.equal(rule0);
  });

  it("counts a key over all addresses, and who has none not at all", () => {
    const { from } = firewall({ rules: [rate(2, byKey)] });
    const key = (value: string): [string, string][] => [["X-Api-Key", value]];
    expect([1, 2, 3].map((host) => from(`192.0.2.${host}`, key("a")))).to.deep.equal([undefined, undefined, rule0]);
    expect(from("192.0.2.1", key("b"))).to.equal(undefined);
    expect([1, 2, 3, 4].map(() => from("192.0.2.9"))).to.deep.equal([undefined, undefined, undefined, undefined]);
  });

  it("remembers ten thousand callers, the latest, so that made-up keys do not fill the memory", () => {
    const { from } = firewall({ rules: [rate(2, byKey)] });
    const call = (key: string) => from("192.0.2.1", [["x-api-key", key]]);
    for (const key of ["early", "early", "late", "late"]) call(key);
    for (let made = 0; made < 9_998; made++) call(`made-up-${made}`);
    expect(call("late")).to.equal(rule0);
    for (let made = 0; made < 10_000; made++) call(`more-${made}`);
    expect(call("early")).to.equal(undefined);
  });

  it("counts without blocking where a rule only counts, and goes no further where one allows", () => {
    const counting = firewall({ rules: [{ ...rate(0), action: { count: {} } }] });
    expect(counting.from("192.0.2.1")).to.equal(undefined);
    const allowing = firewall({
      rules: [{ statement: inSet("own"), action: { allow: {} } }, rate(0)],
      sets: { own: ["192.0.2.0/24"] },
    });
    expect([allowing.from("192.0.2.1"), allowing.from("192.0.3.1")]).to.deep.equal([
      undefined,
      "the firewall's rule rule-1",
    ]);
  });

  it("goes by priority, not by place", () => {
    const { from } = firewall({
      rules: [
        { ...rate(0), priority: 2, name: "last" },
        { statement: inSet("own"), action: { allow: {} }, priority: 1 },
      ],
      sets: { own: ["192.0.2.0/24"] },
    });
    expect(from("192.0.2.1")).to.equal(undefined);
  });

  it("names the rules of AWS's that it cannot know, and no other", () => {
    const rules = [
      rate(5),
      { action: undefined, overrideAction: { none: {} }, statement: { managedRuleGroupStatement: {} } },
    ];
    const graph = graphOf({ rules });
    expect(firewallGaps(graph.resources[0]!, graph)).to.deep.equal([
      { resource: "urn:acl: rule rule-1", why: "AWS's managed rules are not public" },
    ]);
  });

  const stops: [what: string, declared: Declared, why: RegExp][] = [
    ["blocks by default", { acl: { defaultAction: { block: {} } } }, /does not allow by default/],
    ["has its rules as JSON", { acl: { ruleJson: "[]" } }, /as JSON/],
    ["judges by country", { rules: [{ statement: { geoMatchStatement: { countryCodes: ["CH"] } } }] }, /by country/],
    [
      "judges by labels",
      { rules: [{ statement: { labelMatchStatement: { key: "x", scope: "LABEL" } } }] },
      /labelMatchStatement/,
    ],
    ["judges by nothing", { rules: [{}] }, /not evaluated locally: $/],
    [
      "asks for a captcha",
      { rules: [{ ...rate(1), action: { captcha: {} } }] },
      /something else than allow, block or count/,
    ],
    [
      "answers in its own way",
      { rules: [{ ...rate(1), action: { block: { customResponse: { responseCode: 200 } } } }] },
      /something else/,
    ],
    ["names a set of nobody", { rules: [{ statement: inSet("nowhere") }] }, /not of this program/],
    [
      "takes addresses from a header, which a caller can write",
      {
        rules: [
          {
            statement: {
              ipSetReferenceStatement: { arn: "arn:own", ipSetForwardedIpConfig: { headerName: "x-forwarded-for" } },
            },
          },
        ],
        sets: { own: ["192.0.2.0/24"] },
      },
      /from a header/,
    ],
    ["counts some requests alone", { rules: [rate(1, { scopeDownStatement: inSet("x") })] }, /scopeDownStatement/],
    [
      "counts by forwarded addresses",
      { rules: [rate(1, { aggregateKeyType: "FORWARDED_IP" })] },
      /something else than addresses/,
    ],
  ];
  for (const [what, declared, why] of stops)
    it(`stops the start where it ${what}`, () => {
      expect(() => firewallOf(stage, graphOf(declared), () => now)).to.throw(why);
    });
});
