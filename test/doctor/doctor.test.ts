import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { unsupportedZoneIds } from "../../doctor/aws";
import { checkDomainRecords } from "../../doctor/domains";
import { checkIssuers } from "../../doctor/issuer";
import { checkNames } from "../../doctor/names";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { unsupportedZoneIds as excluded } from "../../infra/network/network";
import { openAuthority } from "../../local/certificates/authority";
import { scene, type Scene } from "../lambda/authorizer/local-issuer";
import { runCommand } from "../run-commands";
import { refusedZoneIds as judged } from "../../policy/rules/network/subnet-lies-in-a-regular-zone";

/** What a stand-in of a cloud's tool answers, by the words that its command begins with. */
type Answers = Readonly<Record<string, object>>;

const account: Answers = {
  "aws sts get-caller-identity": { Account: "123456789012" },
  "aws lambda get-account-settings": { AccountLimit: { UnreservedConcurrentExecutions: 1000 } },
  "aws apigateway get-account": {},
  "aws acm describe-certificate": { Certificate: { Status: "ISSUED" } },
  "aws route53 get-hosted-zone": { HostedZone: { Name: "example.com." } },
};

describe("Doctor: a stack", () => {
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), "doctor-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** A tool that notes what it is asked for, and answers what begins with one of the words. */
  function standIn(tool: string, answers: Answers): void {
    const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
    const cases = Object.entries(answers).map(
      ([words, answer]) => `${quoted(words)}*) echo ${quoted(JSON.stringify(answer))}; exit ;;`,
    );
    const script = `#!/bin/sh
line="${tool} $*"
echo "$line" >> ${quoted(join(folder, "asked"))}
case "$line" in
${cases.join("\n")}
esac
printf 'first line\nit is refused\n' >&2
exit 255
`;
    writeFileSync(join(folder, tool), script, { mode: 0o755 });
  }

  async function doctor(answers: Answers | undefined, ...args: string[]) {
    for (const tool of ["aws", "gcloud"]) standIn(tool, answers ?? {});
    writeFileSync(join(folder, "asked"), "");
    // None of the machine's own tools is there.
    const PATH = answers === undefined ? "/nowhere" : [folder, "/nowhere"].join(delimiter);
    const { code, stdout, stderr } = await runCommand("doctor/cli.ts", args, { PATH, HOME: folder });
    return { code, lines: stdout.trim().split("\n"), said: stderr };
  }

  it("says without credentials what can be said, names what it did not look at, and finds nothing wrong with dev", async () => {
    const { code, lines, said } = await doctor(undefined, "--stack", "dev");
    expect(code, said).to.equal(0);
    expect(lines[0]).to.equal("✓ settings: all are set, valid and consistent");
    expect(lines[1]).to.match(/^✓ names: \d+ are valid/);
    expect(lines[2]).to.match(/^✓ model mymodel: loads in [\d.]+ s and \d+ of 1769 MB$/);
    expect(lines[3]).to.match(/^– AWS account: the AWS CLI is not installed/);
  });

  it("tells each setting that a deployment lacks, with its command, though an example stands in elsewhere", async () => {
    const { code, lines } = await doctor(undefined, "--stack", "prod");
    expect(code).to.equal(1);
    expect(lines.join("\n")).to.match(/^✗ setting auth0Domain: is not set .*: pulumi config set auth0Domain /m);
  });

  it("looks at the account's quota, log role, certificate and zone, and only reads", async () => {
    const certificate =
      "certificateArn=arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";
    const { code, lines, said } = await doctor(
      account,
      ...["--stack", "dev", "--set", "apiGatewayDomain=api.example.com", "--set", certificate],
      ...["--set", "hostedZoneId=Z0123456789EXAMPLE", "--set", "modelConcurrency=900"],
    );
    expect(code, `${lines.join("\n")}${said}`).to.equal(0);
    const text = lines.join("\n");
    for (const line of [
      "Lambda quota: 900",
      "log role: this stack makes it",
      "certificate: issued",
      "zone: example.com",
    ])
      expect(text).to.contain(line);
    const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
    expect(asked).to.have.length(6);
    for (const line of asked) expect(line).to.match(/^aws [\w-]+ (get|describe|list)-/);
  });

  it("tells what would stop the deployment", async () => {
    const { code, lines } = await doctor(
      {
        ...account,
        "aws lambda get-account-settings": { AccountLimit: { UnreservedConcurrentExecutions: 10 } },
        "aws route53 get-hosted-zone": { HostedZone: { Name: "other.example." } },
      },
      ...["--stack", "dev", "--set", "modelConcurrency=5", "--set", "manageApiGatewayAccount=false"],
      ...["--set", "apiGatewayDomain=api.example.com", "--set", "hostedZoneId=Z0123456789EXAMPLE"],
    );
    expect(code).to.equal(1);
    const text = lines.join("\n");
    expect(text).to.match(
      /^✗ Lambda quota: 5 executions would be reserved, and 0 can be: lower modelConcurrency or authorizerConcurrency \(pulumi config set modelConcurrency 0\)/m,
    );
    expect(text).to.match(/^✗ API Gateway's log role: the account has none/m);
    expect(text).to.match(/^✗ hosted zone: apiGatewayDomain: not a name in the zone other\.example/m);
  });

  it("looks at the subnets and endpoints of an existing VPC", async () => {
    const id = (digit: number) => `subnet-0123456789abcde0${digit}`;
    const vpcId = "vpc-0123456789abcdef0";
    const subnet = (digit: number, zone: string, VpcId = vpcId) => ({
      SubnetId: id(digit),
      VpcId,
      AvailabilityZoneId: zone,
    });
    const ids = `[${id(1)},${id(2)}]`;
    const set = ["network=true", `vpcId=${vpcId}`, `subnetIds=${ids}`, "sagemaker=true"];
    const args = ["--stack", "dev", ...set.flatMap((each) => ["--set", each])];
    const lines = async (Subnets: object[], services: string[]) => {
      const answers = {
        ...account,
        "aws ec2 describe-subnets": { Subnets },
        "aws ec2 describe-vpc-endpoints": { VpcEndpoints: services.map((ServiceName) => ({ ServiceName })) },
      };
      return (await doctor(answers, ...args)).lines.filter((line) => line.includes("of the network")).join("\n");
    };
    const all = ["s3", "logs", "monitoring"].map((service) => `com.amazonaws.us-east-1.${service}`);
    expect(await lines([subnet(1, "use1-az1"), subnet(2, "use1-az2")], all)).to.equal(
      "✓ subnets of the network: 2, in 2 zones\n✓ endpoints of the network: S3, CloudWatch Logs, CloudWatch metrics",
    );
    const other = await lines([subnet(1, "use1-az1"), subnet(2, "use1-az1")], all.slice(1));
    expect(other).to.match(
      /^✗ subnets of the network: all are in one zone: .*\n. endpoints of the network: .* for s3:/,
    );
    expect(await lines([subnet(1, "use1-az1"), subnet(2, "use1-az2", "vpc-1")], all)).to.match(
      new RegExp(`^✗ subnets of the network: not in vpcId: ${id(2)}`),
    );
  });

  it("counts the zones that the network can use: no Local Zone, and none that Lambda refuses", async () => {
    const zone = (letter: string, id: string) => ({ ZoneName: `us-east-1${letter}`, ZoneId: `use1-az${id}` });
    const zones = (...found: object[]) => ({
      ...account,
      "aws ec2 describe-availability-zones --filters Name=opt-in-status,Values=opt-in-not-required": {
        AvailabilityZones: found,
      },
    });
    const args = ["--stack", "dev", "--set", "network=true"];
    const enough = await doctor(zones(zone("c", "2"), zone("b", "3"), zone("a", "1")), ...args);
    expect(enough.lines.join("\n")).to.match(/^✓ zones of the network: us-east-1a, us-east-1c$/m);
    expect([unsupportedZoneIds, judged]).to.deep.equal([excluded, excluded]);
    const few = await doctor(zones(zone("b", "3"), zone("a", "1")), ...args);
    expect(few.code).to.equal(1);
    expect(few.lines.join("\n")).to.match(
      /^✗ zones of the network: Lambda can use 1 .*: pulumi config set network false$/m,
    );
  });

  it("says of an own domain without a zone whether it has a record, and which output names its target", async () => {
    const settings = { apiGateway: "true", apiGatewayDomain: "api.example.com", httpApi: "false", httpApiDomain: "x" };
    const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
    const said = async (look: (name: string) => Promise<unknown>, more = {}) =>
      (await checkDomainRecords({ ...settings, ...more }, look)).map(({ state, text }) => `${state} ${text}`);
    expect(await said(() => Promise.resolve([]))).to.deep.equal(["good apiGatewayDomain: it has a DNS record"]);
    expect((await said(failing("ENOTFOUND")))[0]).to.match(
      /^good apiGatewayDomain: it has no DNS record yet: .* pulumi stack output apiGatewayDomainTarget$/,
    );
    expect((await said(failing("ECONNREFUSED")))[0]).to.match(/^unknown apiGatewayDomain: DNS cannot be asked/);
    expect(await said(failing("ENOTFOUND"), { hostedZoneId: "Z1" })).to.deep.equal([]);
  });

  it("does not count what the stack's functions reserve already as taken by others", async () => {
    const standing = {
      ...account,
      "aws lambda get-account-settings": { AccountLimit: { UnreservedConcurrentExecutions: 950 } },
      "aws lambda get-function-concurrency --function-name model-serving-dev-model ": {
        ReservedConcurrentExecutions: 50,
      },
    };
    const again = async (concurrency: number) =>
      (await doctor(standing, "--stack", "dev", "--set", `modelConcurrency=${concurrency}`)).lines.join("\n");
    expect(await again(900)).to.contain("✓ Lambda quota: 900 executions are reserved, 900 can be");
    expect(await again(901)).to.contain("✗ Lambda quota: 901 executions would be reserved, and 900 can be");
  });

  it("counts CloudWatch Logs' resource policies, of which a region takes ten", async () => {
    const args = ["--stack", "dev", "--set", "firewall=true"];
    const policies = (count: number, ...own: string[]) => ({
      ...account,
      "aws logs describe-resource-policies": {
        resourcePolicies: [...Array.from({ length: count }, (_, at) => `other-${at}`), ...own].map((policyName) => ({
          policyName,
        })),
      },
    });
    expect((await doctor(policies(9), ...args)).lines.join("\n")).to.contain(
      "✓ CloudWatch Logs: 9 resource policies stand in the region, this stack adds 1, and 10 can be",
    );
    const full = await doctor(policies(10), ...args);
    expect(full.code).to.equal(1);
    expect(full.lines.join("\n")).to.contain(
      "✗ CloudWatch Logs: 10 resource policies stand in the region, this stack adds 1, and 10 can be: delete one",
    );
    expect((await doctor(policies(9, "model-serving-dev-firewall"), ...args)).lines.join("\n")).to.contain(
      "✓ CloudWatch Logs: 10 resource policies stand in the region, this stack adds 0, and 10 can be",
    );
  });

  it("looks with the profile of the deployment, and compares the account with the guards", async () => {
    const guard = (...set: string[]) => doctor(account, "--stack", "dev", ...set.flatMap((each) => ["--set", each]));
    const right = await guard("aws:profile=production", "aws:allowedAccountIds=[123456789012]");
    expect(right.lines.join("\n")).to.contain("✓ account guard: 123456789012 may be deployed to");
    for (const line of readFileSync(join(folder, "asked"), "utf8").trim().split("\n"))
      expect(line).to.contain(" --profile production ");
    for (const set of ["aws:allowedAccountIds=[210987654321]", "aws:forbiddenAccountIds=[123456789012]"]) {
      const wrong = await guard(set);
      expect(wrong.code, set).to.equal(1);
      expect(wrong.lines.join("\n")).to.match(
        /^✗ account guard: 123456789012 is (none|one) of aws:\w+: export AWS_PROFILE/m,
      );
    }
    const role = "aws:assumeRoles=[{roleArn: 'arn:aws:iam::210987654321:role/deploy'}]";
    expect((await guard(role, "aws:allowedAccountIds=[210987654321]")).lines.join("\n")).to.contain(
      "✓ account guard: 210987654321 may be deployed to",
    );
  });

  it("looks for the policy that is to bound the roles", async () => {
    const arn = "arn:aws:iam::123456789012:policy/model-serving-boundary";
    const args = ["--stack", "dev", "--set", `permissionsBoundary=${arn}`];
    const there = await doctor({ ...account, "aws iam get-policy": { Policy: {} } }, ...args);
    expect(there.lines.join("\n")).to.contain("✓ permissions boundary: it exists");
    expect(readFileSync(join(folder, "asked"), "utf8")).to.contain(`aws iam get-policy --policy-arn ${arn}`);
    const missing = await doctor(account, ...args);
    expect(missing.code).to.equal(1);
    expect(missing.lines.join("\n")).to.match(/^✗ permissions boundary: it is refused: no role can be created/m);
  });

  it("looks at Google Cloud's services where a key ring is made there", async () => {
    const args = ["--stack", "dev", "--set", "secrets=true", "--set", "gcpProject=my-project"];
    const without = await doctor({ "gcloud services list": [] }, ...args);
    expect(without.lines.join("\n")).to.contain(
      "✗ Google Cloud: cloudkms.googleapis.com is not enabled: gcloud services enable cloudkms.googleapis.com --project my-project",
    );
    const withIt = await doctor({ "gcloud services list": [{ config: { name: "cloudkms.googleapis.com" } }] }, ...args);
    expect(withIt.lines.join("\n")).to.contain("✓ Google Cloud: cloudkms.googleapis.com is enabled");
    expect((await doctor({}, ...args)).lines.join("\n")).to.contain("– Google Cloud: it is refused");
  });

  it("asks whether the key ring's location makes keys in hardware, where they shall be", async () => {
    const args = ["--stack", "dev", "--set", "secrets=true", "--set", "gcpProject=my-project"];
    const enabled = { "gcloud services list": [{ config: { name: "cloudkms.googleapis.com" } }] };
    const locations = [
      { locationId: "global", metadata: {} },
      { locationId: "us-central1", metadata: { hsmAvailable: true } },
    ];
    const answers = { ...enabled, "gcloud kms locations list": locations };
    const hardware = [...args, "--set", "gcpProtectionLevel=HSM"];
    const without = await doctor(answers, ...hardware);
    expect(without.code).to.equal(1);
    expect(without.lines.join("\n")).to.contain(
      "✗ Google Cloud: global does not support HSM keys (gcpProtectionLevel HSM): pulumi config set gcpKeyRingLocation us-central1",
    );
    const withIt = await doctor(answers, ...hardware, "--set", "gcpKeyRingLocation=us-central1");
    expect(withIt.lines.join("\n")).to.contain("✓ Google Cloud: us-central1 supports HSM keys");
    expect((await doctor(enabled, ...hardware)).lines.join("\n")).to.contain(
      "– Google Cloud: it is refused (the locations of Cloud KMS are not checked)",
    );
    expect((await doctor(undefined, ...hardware)).lines.join("\n")).to.contain(
      "✗ Google Cloud: HSM keys are not documented for the location global, and a key ring can never be deleted: pulumi config set gcpKeyRingLocation us-central1",
    );
    await doctor(answers, ...args);
    expect(readFileSync(join(folder, "asked"), "utf8")).not.to.contain("kms locations");
  });

  it("names the stacks there are where it is asked for another", async () => {
    const { code, said } = await doctor(undefined, "--stack", "nope");
    expect(code).to.equal(2);
    expect(said).to.contain('no stack "nope": the stacks here are dev, prod').and.not.contain("    at ");
  });

  it("finds a name that its service would refuse", async () => {
    const graph = await evaluate({ stack: "dev" });
    const renamed = (name: string): Graph => ({
      ...graph,
      resources: graph.resources.map((resource) =>
        resource.name === "model-function" ? { ...resource, inputs: { ...resource.inputs, name } } : resource,
      ),
    });
    expect(checkNames(graph).map(({ state }) => state)).to.deep.equal(["good"]);
    expect(checkNames(renamed("x".repeat(65)))[0]!.text).to.contain("65 characters, and 64 are allowed");
    expect(checkNames(renamed("with spaces"))[0]!.text).to.contain("characters that are not allowed");
  });
});

describe("Doctor: an issuer", () => {
  const issuer = "https://issuer.example.com/";
  const discovery = { issuer, jwks_uri: "https://issuer.example.com/keys" };
  const keys = { keys: [{ kty: "RSA", kid: "1" }] };

  async function check(pages: Readonly<Record<string, unknown>>): Promise<string> {
    const get = ((address: string) => {
      const page = pages[new URL(address).pathname];
      if (page === undefined) return Promise.reject(new TypeError("fetch failed"));
      return Promise.resolve(
        typeof page === "number" ? new Response("", { status: page }) : new Response(JSON.stringify(page)),
      );
    }) as typeof fetch;
    const [line] = await checkIssuers({ oidcIssuer: issuer }, get);
    return `${line!.state}: ${line!.text}`;
  }
  const at = "/.well-known/openid-configuration";

  it("finds one that fits good", async () => {
    expect(await check({ [at]: discovery, "/keys": keys })).to.match(/^good: .* 1 usable keys$/);
  });

  it("finds what no authorizer could work with", async () => {
    expect(await check({ [at]: { ...discovery, issuer: issuer.slice(0, -1) }, "/keys": keys })).to.match(
      /^bad: .*another issuer/,
    );
    expect(await check({ [at]: { ...discovery, jwks_uri: "http://issuer.example.com/keys" } })).to.match(
      /^bad: .*not an https/,
    );
    expect(await check({ [at]: discovery, "/keys": { keys: [{ kty: "EC", kid: "1" }, { kty: "RSA" }] } })).to.match(
      /^bad: .*no RSA key/,
    );
    expect(await check({ [at]: 404 })).to.match(/^bad: .*answers 404/);
  });

  describe("behind a private authority", () => {
    let local: Scene;
    const inherited = process.env.NODE_EXTRA_CA_CERTS;
    before(async () => (local = await scene()));
    after(() => local.close());
    afterEach(() => {
      if (inherited === undefined) delete process.env.NODE_EXTRA_CA_CERTS;
      else process.env.NODE_EXTRA_CA_CERTS = inherited;
    });
    const line = async (settings: Record<string, string>, ...more: [] | [typeof fetch]) =>
      (await checkIssuers({ oidcIssuer: local.issuer.url, ...settings }, ...more)).map(
        ({ state, text }) => `${state}: ${text}`,
      )[0];

    it("is good with that authority in oidcAuthorities, and bad with none or another", async () => {
      expect(await line({ oidcAuthorities: local.authority.file })).to.match(/^good: oidcIssuer/);
      expect(await line({})).to.match(/^bad: .*the public authorities: pulumi config set oidcAuthorities/);
      const other = await openAuthority(join(dirname(local.authority.file), "other"));
      expect(await line({ oidcAuthorities: other.file })).to.match(/^bad: .*the authorities in oidcAuthorities/);
      expect(await line({ oidcAuthorities: "/nowhere.pem" })).to.equal("bad: oidcAuthorities: the file cannot be read");
    });

    it("is not called good because this machine alone trusts it", async () => {
      process.env.NODE_EXTRA_CA_CERTS = local.authority.file;
      const pages: Record<string, unknown> = {
        "/.well-known/openid-configuration": { issuer: local.issuer.url, jwks_uri: `${local.issuer.url}keys` },
        "/keys": keys,
      };
      // Node.js reads the variable at its start: what trusts the authority stands in for that.
      const here = ((address: string) =>
        Promise.resolve(new Response(JSON.stringify(pages[new URL(address).pathname] ?? keys)))) as typeof fetch;
      expect(await line({}, here)).to.match(/^unknown: .*NODE_EXTRA_CA_CERTS alone/);
      delete process.env.NODE_EXTRA_CA_CERTS;
      expect(await line({}, here)).to.match(/^good/);
    });
  });

  it("does not judge one that it cannot reach", async () => {
    expect(await check({})).to.match(/^unknown: .*not reachable/);
  });
});
