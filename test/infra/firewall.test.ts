import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { type Graph, ofType } from "../../graph/resource";
import { account } from "../../graph/types/resource-type";
import { only } from "./only";

const dev = (set: Record<string, unknown>) => evaluate({ stack: "dev", set: { firewall: true, ...set } });

interface Rule {
  readonly name: string;
  readonly priority: number;
  readonly action?: object;
  readonly overrideAction?: object;
  readonly statement: Record<string, never>;
}

const rules = (graph: Graph) => only(graph, "aws:wafv2/webAcl:WebAcl").inputs["rules"] as Rule[];
const rule = (graph: Graph, name: string) => rules(graph).find((one) => one.name === name);

describe("Infrastructure: the firewall", () => {
  it("stands in prod before every REST stage, and in development before none", async () => {
    const prod = await evaluate({ stack: "prod" });
    const associations = ofType(prod, "aws:wafv2/webAclAssociation:WebAclAssociation").map(({ inputs }) => inputs);
    const acl = only(prod, "aws:wafv2/webAcl:WebAcl").outputs["arn"];
    const stages = ofType(prod, "aws:apigateway/stage:Stage").map(({ outputs }) => outputs["arn"]);
    expect(stages).to.have.lengthOf(2);
    expect(associations).to.have.deep.members(stages.map((resourceArn) => ({ webAclArn: acl, resourceArn })));
    expect(ofType(await evaluate({ stack: "dev" }), "aws:wafv2/webAcl:WebAcl")).to.deep.equal([]);
    const httpAlone = { apiGateway: false, auth0Authorizer: false };
    expect(ofType(await evaluate({ stack: "prod", set: httpAlone }), "aws:wafv2/webAcl:WebAcl")).to.deep.equal([]);
  });

  it("blocks by size, rates and AWS's two groups, in this order, and lets the rest through", async () => {
    const graph = await dev({});
    expect(rules(graph).map(({ name, priority }) => [priority, name])).to.deep.equal([
      [0, "body-size"],
      [1, "rate-of-an-address"],
      [2, "rate-of-a-key"],
      [3, "aws-common"],
      [4, "aws-known-bad-inputs"],
    ]);
    const acl = only(graph, "aws:wafv2/webAcl:WebAcl").inputs;
    expect([acl["scope"], acl["defaultAction"]]).to.deep.equal(["REGIONAL", { allow: {} }]);
    for (const { name, action, overrideAction } of rules(graph))
      expect(name.startsWith("aws-") ? overrideAction : action, name).to.deep.equal(
        name.startsWith("aws-") ? { none: {} } : { block: {} },
      );
  });

  it("counts, of the common group, what would block tensors or programs, and blocks all else", async () => {
    const graph = await dev({});
    const counted = ["SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY"];
    expect(rule(graph, "aws-common")!.statement).to.deep.equal({
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: "AWSManagedRulesCommonRuleSet",
        ruleActionOverrides: [...counted, "EC2MetaDataSSRF_BODY", "NoUserAgent_HEADER"].map((name) => ({
          name,
          actionToUse: { count: {} },
        })),
      },
    });
    expect(rule(graph, "aws-known-bad-inputs")!.statement).to.deep.equal({
      managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesKnownBadInputsRuleSet" },
    });
  });

  it("bounds bodies by their declared length: no tensor that a function can take, and all above", async () => {
    const { regexMatchStatement } = rule(await dev({}), "body-size")!.statement as Record<
      string,
      Record<string, unknown>
    >;
    expect(regexMatchStatement!["fieldToMatch"]).to.deep.equal({ singleHeader: { name: "content-length" } });
    const blocks = (length: number | string) =>
      new RegExp(String(regexMatchStatement!["regexString"])).test(String(length));
    const taken = [0, 9, 602_112, 999_999, 1_000_000, 4_699_999, 4_700_000, 4_718_592, 4_719_999, ""];
    expect(taken.filter(blocks)).to.deep.equal([]);
    const refused = [
      4_720_000,
      4_729_999,
      4_799_999,
      4_800_000,
      4_999_999,
      5_000_000,
      9_999_999,
      10_000_000,
      1e12,
      "0009999999",
    ];
    expect(refused.filter((length) => !blocks(length))).to.deep.equal([]);
  });

  it("limits an address and, where keys are asked for, a key, to the numbers of the settings", async () => {
    const graph = await dev({ firewallAddressRate: 111, firewallKeyRate: 222 });
    expect(rule(graph, "rate-of-an-address")!.statement).to.deep.equal({
      rateBasedStatement: { limit: 111, evaluationWindowSec: 300, aggregateKeyType: "IP" },
    });
    expect(rule(graph, "rate-of-a-key")!.statement).to.deep.equal({
      rateBasedStatement: {
        limit: 222,
        evaluationWindowSec: 300,
        aggregateKeyType: "CUSTOM_KEYS",
        customKeys: [{ header: { name: "x-api-key", textTransformations: [{ priority: 0, type: "NONE" }] } }],
      },
    });
    expect(rule(await dev({ apiGatewayAuth: "iam" }), "rate-of-a-key")).to.equal(undefined);
  });

  it("shuts out networks, and all but the allowed ones, of both families, and other countries", async () => {
    const graph = await dev({
      blockedNetworks: ["198.51.100.0/24"],
      allowedNetworks: ["203.0.113.0/24", "2001:db8::/32"],
      allowedCountries: ["CH", "DE"],
    });
    const set = (name: RegExp) => only(graph, "aws:wafv2/ipSet:IpSet", name);
    expect(set(/blocked/).inputs).to.deep.equal({
      scope: "REGIONAL",
      ipAddressVersion: "IPV4",
      addresses: ["198.51.100.0/24"],
    });
    expect(set(/allowed-ipv6/).inputs["addresses"]).to.deep.equal(["2001:db8::/32"]);
    expect(
      rules(graph)
        .slice(0, 3)
        .map(({ name, statement }) => [name, statement]),
    ).to.deep.equal([
      ["blocked-networks", { ipSetReferenceStatement: { arn: set(/blocked/).outputs["arn"] } }],
      [
        "other-networks",
        {
          notStatement: {
            statement: {
              orStatement: {
                statements: [/allowed-ipv4/, /allowed-ipv6/].map((name) => ({
                  ipSetReferenceStatement: { arn: set(name).outputs["arn"] },
                })),
              },
            },
          },
        },
      ],
      ["other-countries", { notStatement: { statement: { geoMatchStatement: { countryCodes: ["CH", "DE"] } } } }],
    ]);
  });

  it("measures every rule, and shows samples of no request", async () => {
    const graph = await dev({ blockedNetworks: ["198.51.100.0/24"] });
    const shown = rules(graph).map(
      (one) => (one as unknown as { visibilityConfig: Record<string, unknown> }).visibilityConfig,
    );
    for (const { cloudwatchMetricsEnabled, sampledRequestsEnabled } of shown)
      expect([cloudwatchMetricsEnabled, sampledRequestsEnabled]).to.deep.equal([true, false]);
    expect(new Set(shown.map(({ metricName }) => metricName)).size).to.equal(shown.length);
  });

  it("logs a year, encrypted, without what lets somebody in, and lets only this account's delivery write", async () => {
    const graph = await dev({});
    const log = only(graph, "aws:cloudwatch/logGroup:LogGroup", /^firewall-/);
    expect(log.inputs).to.deep.equal({
      name: "aws-waf-logs-model-serving-dev",
      retentionInDays: 365,
      kmsKeyId: only(graph, "aws:kms/key:Key").outputs["arn"],
    });
    expect(only(graph, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs).to.deep.equal({
      resourceArn: only(graph, "aws:wafv2/webAcl:WebAcl").outputs["arn"],
      logDestinationConfigs: [log.outputs["arn"]],
      redactedFields: [
        { singleHeader: { name: "authorization" } },
        { singleHeader: { name: "x-api-key" } },
        { singleHeader: { name: "x-amz-security-token" } },
        { queryString: {} },
      ],
    });
    const policy = only(graph, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy").inputs["policyDocument"];
    expect(JSON.parse(String(policy))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "FirewallLog",
          Effect: "Allow",
          Principal: { Service: "delivery.logs.amazonaws.com" },
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `arn:aws:logs:us-east-1:${account}:log-group:aws-waf-logs-model-serving-dev:log-stream:*`,
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:aws:logs:us-east-1:${account}:*` },
          },
        },
      ],
    });
    const key = JSON.parse(String(only(graph, "aws:kms/key:Key").inputs["policy"])) as object;
    expect(JSON.stringify(key)).to.include(`log-group:aws-waf-logs-model-serving-dev"`);
  });

  const faults: [set: Record<string, unknown>, line: RegExp][] = [
    [
      { firewall: false, blockedNetworks: ["198.51.100.0/24"] },
      /blockedNetworks: has no effect without the firewall: pulumi config set firewall true/,
    ],
    [{ firewall: false, allowedCountries: ["CH"] }, /allowedCountries: has no effect without the firewall/],
    [
      { allowedCountries: ["Switzerland"] },
      /allowedCountries\[0\]: is not a country's code .*: pulumi config set --path 'allowedCountries\[0\]' CH/,
    ],
    [{ blockedNetworks: ["everything"] }, /blockedNetworks\[0\]: is not a network/],
    [{ firewallAddressRate: 9 }, /firewallAddressRate: is not a whole number from 10/],
    [{ firewallKeyRate: 300_001 }, /firewallKeyRate: is not a whole number from 10 to 300000/],
  ];
  for (const [set, line] of faults)
    it(`refuses ${JSON.stringify(set)}, with the command that cures it`, async () => {
      const message = await dev(set).then(
        () => "taken",
        (error: Error) => error.message,
      );
      expect(message).to.match(line);
    });
});
