// The settings of Pulumi's own providers: each is passed on to the providers of the stack, or refused with its cure.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { ofType, type Resource } from "../../graph/resource";
import { customEndpoint, endpointNames, namespaces, usedEndpoint } from "../../infra/settings/provider-keys";
import { checkGraph } from "../../policy/check";

type Set = Readonly<Record<string, unknown>>;

const everything: Set = {
  ...{ httpApi: false, sagemaker: false, network: false, firewall: false, alarms: false },
  ...{ secrets: true, auth0Authorizer: true, apiGateway: true },
};
const graphOf = (set: Set) => evaluate({ stack: "prod", set: { ...everything, ...set } });

async function faultOf(set: Set): Promise<string> {
  try {
    await evaluate({ stack: "dev", set });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the setting was taken");
}

const read = (inputs: Resource["inputs"], key: string): unknown => {
  const value = inputs[key];
  return typeof value === "string" && /^[[{]|^(true|false|\d+)$/.test(value) ? (JSON.parse(value) as unknown) : value;
};

describe("Infrastructure: the settings of the providers", () => {
  const aws: [key: string, set: unknown, passed?: unknown][] = [
    ["profile", "production"],
    ["allowedAccountIds", ["123456789012", 210987654321], ["123456789012", "210987654321"]],
    ["forbiddenAccountIds", ["210987654321"]],
    ["assumeRoles", [{ roleArn: "arn:aws:iam::123456789012:role/deploy", sessionName: "x" }]],
    [
      "assumeRoleWithWebIdentity",
      { roleArn: "arn:aws:iam::123456789012:role/deploy", webIdentityTokenFile: "/var/token" },
    ],
    ["endpoints", [{ s3: "http://localhost:4566", kms: "https://kms.example.com" }]],
    ["maxRetries", 5],
    ["useFipsEndpoint", true],
    ["httpsProxy", "http://proxy.example.com:3128"],
    ["customCaBundle", "/etc/ca.pem"],
    ["sharedConfigFiles", ["/etc/aws"]],
    ["ignoreTags", { keyPrefixes: ["kubernetes.io/"] }],
  ];
  for (const [key, set, passed = set] of aws)
    it(`pass aws:${key} to the provider of each region`, async () => {
      const providers = ofType(await graphOf({ [`aws:${key}`]: set }), "pulumi:providers:aws");
      expect(providers.map(({ name }) => name).sort()).to.deep.equal(["aws", "secrets-aws"]);
      for (const { inputs } of providers) expect(read(inputs, key)).to.deep.equal(passed);
    });

  it("add their own tags to those of the stack, and hide none of them", async () => {
    const own = { tags: { owner: "ml", "cost-center": 42 } };
    const graph = await graphOf({ "aws:defaultTags": own, "gcp:defaultLabels": { owner: "ml" } });
    const stack = { project: "model-serving", stack: "prod", "managed-by": "pulumi" };
    for (const { inputs } of ofType(graph, "pulumi:providers:aws"))
      expect(read(inputs, "defaultTags")).to.deep.equal({ tags: { owner: "ml", "cost-center": "42", ...stack } });
    expect(read(ofType(graph, "pulumi:providers:gcp")[0]!.inputs, "defaultLabels")).to.deep.equal({
      owner: "ml",
      ...stack,
    });
    const today = new Date("2026-11-21");
    expect(
      checkGraph(graph, { today, exceptions: [] }).filter(({ rule }) => rule === "resources-are-tagged"),
    ).to.deep.equal([]);
  });

  it("are joined by the setting tags, which holds for every AWS provider", async () => {
    const graph = await graphOf({
      tags: { owner: "ml", "cost-center": 42 },
      "aws:defaultTags": { tags: { unit: "a" } },
    });
    const stack = { project: "model-serving", stack: "prod", "managed-by": "pulumi" };
    const providers = ofType(graph, "pulumi:providers:aws");
    expect(providers).to.have.lengthOf(2);
    for (const { inputs } of providers)
      expect(read(inputs, "defaultTags")).to.deep.equal({
        tags: { unit: "a", owner: "ml", "cost-center": "42", ...stack },
      });
  });

  it("pass those of Google and Auth0 on too", async () => {
    const graph = await graphOf({
      "gcp:impersonateServiceAccount": "deploy@example-project.iam.gserviceaccount.com",
      [`gcp:${usedEndpoint}`]: "https://kms.example.com/v1/",
      "auth0:audience": "https://tenant.example.com/api/v2/",
    });
    expect(ofType(graph, "pulumi:providers:gcp")[0]!.inputs).to.include({
      impersonateServiceAccount: "deploy@example-project.iam.gserviceaccount.com",
      [usedEndpoint]: "https://kms.example.com/v1/",
    });
    expect(ofType(graph, "pulumi:providers:auth0")[0]!.inputs).to.deep.equal({
      domain: "auth0.example.com",
      audience: "https://tenant.example.com/api/v2/",
    });
  });

  const refused: [set: Set, line: RegExp][] = [
    [
      { "aws:region": "eu-west-1" },
      /^aws:region: does nothing: awsRegion and .*: pulumi config rm aws:region && pulumi config set awsRegion <region>$/m,
    ],
    [{ "gcp:project": "other" }, /^gcp:project: .*: pulumi config rm gcp:project && pulumi config set gcpProject/m],
    [{ "gcp:region": "europe-west1" }, /^gcp:region: .*pulumi config set gcpRegion/m],
    [{ "auth0:domain": "other.auth0.com" }, /^auth0:domain: .*pulumi config set auth0Domain/m],
    [
      { "aws:accessKey": "hunter2" },
      /^aws:accessKey: is a credential, .*: pulumi config rm aws:accessKey && export AWS_PROFILE/m,
    ],
    [{ "auth0:clientSecret": "hunter2" }, /^auth0:clientSecret: is a credential, .* && export AUTH0_CLIENT_SECRET/m],
    [
      { "gcp:credentials": "hunter2" },
      /^gcp:credentials: is a credential, .* && gcloud auth application-default login$/m,
    ],
    [{ "aws:insecure": true }, /^aws:insecure: would accept any certificate/m],
    [{ "aws:skipRequestingAccountId": true }, /^aws:skipRequestingAccountId: would leave the account unknown/m],
    [
      { "aws:assumeRole": { roleArn: "arn" } },
      /^aws:assumeRole: .* && pulumi config set --path 'aws:assumeRoles\[0\]\.roleArn' <arn>$/m,
    ],
    [
      { "aws:profil": "x" },
      /^aws:profil: is not a setting of the provider; did you mean aws:profile\?: pulumi config rm aws:profil$/m,
    ],
    [{ "aws:constructor": "x" }, /^aws:constructor: is not a setting of the provider: /m],
    [{ "awsx:autoDockerfile": "x" }, /^awsx:autoDockerfile: is not a setting of the provider: pulumi config rm/m],
    [{ "gcp:storageCustomEndpoint": "https://x" }, /^gcp:storageCustomEndpoint: does nothing: .*Cloud KMS alone/m],
    [
      { "aws:allowedAccountIds": ["12345"] },
      /^aws:allowedAccountIds: is not a list of account ids, .*: pulumi config set --path 'aws:allowedAccountIds\[0\]' 123456789012$/m,
    ],
    [{ "aws:allowedAccountIds": [] }, /^aws:allowedAccountIds: is not a list of account ids/m],
    [{ "aws:allowedAccountIds": "123456789012" }, /^aws:allowedAccountIds: is not a list of account ids/m],
    [{ "aws:assumeRoles": [{ rolearn: "x" }] }, /^aws:assumeRoles: has a field that is none of/m],
    [{ "aws:assumeRoles": [{ sessionName: "x" }] }, /^aws:assumeRoles: has no role's ARN: pulumi config set --path/m],
    [
      { "aws:assumeRoleWithWebIdentity": { roleArn: "x", webIdentityToken: "hunter2" } },
      /^aws:assumeRoleWithWebIdentity: has a field that is none of/m,
    ],
    [{ "aws:endpoints": [{ s4: "https://x" }] }, /^aws:endpoints: names a service that this stack does not call/m],
    [
      { "aws:endpoints": [{ s3: "http://x.example.com" }] },
      /^aws:endpoints: has an address that is neither an https URL nor/m,
    ],
    [{ "aws:httpProxy": "http://me:hunter2@proxy" }, /^aws:httpProxy: is not a URL without user and password/m],
    [{ "aws:defaultTags": { tags: { stack: "x" } } }, /^aws:defaultTags: sets stack, which the program sets itself/m],
    [
      { tags: { stack: "x" } },
      /^tags: sets stack, which the program sets itself \(pulumi config rm --path 'tags\.stack'\)/m,
    ],
    [
      { tags: ["x"] },
      /^tags: is not an object: pulumi config rm tags && pulumi config set --path 'tags\.owner' <value>/m,
    ],
    [
      { tags: { "aws:x": "x" } },
      /^tags: has a key or a value that AWS does not take: pulumi config set --path 'tags\.owner'/m,
    ],
    [
      { tags: { owner: "x" }, "aws:defaultTags": { tags: { owner: "y" } } },
      /^tags: sets owner, and so does aws:defaultTags: pulumi config rm --path 'aws:defaultTags\.tags\.owner'/m,
    ],
    [
      { tags: { a: 1, b: 1, c: 1, d: 1 }, "aws:defaultTags": { tags: { e: 1, f: 1, g: 1, h: 1 } } },
      /^tags: has more than 7 tags.*, and aws:defaultTags has some, too/m,
    ],
    [{ "aws:defaultTags": { owner: "x" } }, /^aws:defaultTags: is not an object with the one field tags/m],
    [
      { "aws:defaultTags": { tags: Object.fromEntries([..."abcdefgh"].map((key) => [key, key])) } },
      /^aws:defaultTags: has more than 7 tags/m,
    ],
    [
      { "gcp:defaultLabels": { Owner: "x" } },
      /^gcp:defaultLabels: has a key or a value that Google Cloud does not take/m,
    ],
    [{ "aws:maxRetries": "many" }, /^aws:maxRetries: is not a whole number/m],
    [{ "aws:useFipsEndpoint": "yes" }, /^aws:useFipsEndpoint: is neither true nor false/m],
    [{ "aws:profile": "" }, /^aws:profile: is empty/m],
  ];
  for (const [set, line] of refused)
    it(`refuse ${JSON.stringify(set)}, with the cure`, async () => {
      const message = await faultOf(set);
      expect(message.replaceAll(/^ +/gm, "")).to.match(line);
      expect(message).not.to.contain("hunter2");
    });

  it("may repeat what a setting of the program says", async () => {
    const graph = await graphOf({
      awsRegion: "eu-west-1",
      "aws:region": "eu-west-1",
      "auth0:domain": "auth0.example.com",
    });
    expect(ofType(graph, "pulumi:providers:aws").map(({ inputs }) => inputs.region)).to.have.members([
      "eu-west-1",
      "us-west-2",
    ]);
  });

  it("leave Pulumi's own namespace and those of other programs alone", async () => {
    await evaluate({ stack: "dev", set: { "pulumi:disable-default-providers": ["aws"], "other:key": "x" } });
  });

  for (const [namespace, { passed, unsupported: no }] of Object.entries(namespaces).filter(([name]) => name !== "awsx"))
    it(`decide on each setting that the installed package ${namespace} declares, once`, () => {
      const file = join(projectRoot, "node_modules/@pulumi", namespace, "config/vars.d.ts");
      const declared = [...readFileSync(file, "utf8").matchAll(/^export declare const (\w+):/gm)].map(
        ([, key]) => key!,
      );
      expect(declared.length).to.be.greaterThan(10);
      const decided = [...Object.keys(passed), ...Object.keys(no)];
      const others = declared.filter((key) => !customEndpoint.test(key));
      // The name of an earlier version is refused besides.
      expect(decided.filter((key) => key !== "assumeRole").sort()).to.deep.equal(others.sort());
    });

  it("name for an endpoint only services that the package knows", () => {
    const types = readFileSync(join(projectRoot, "node_modules/@pulumi/aws/types/input.d.ts"), "utf8");
    const [, fields = ""] = /interface ProviderEndpoint \{([^]*?)^\}/m.exec(types) ?? [];
    const known = [...fields.matchAll(/^ {4}(\w+)\?:/gm)].map(([, name]) => name!);
    expect(known).to.include.members([...endpointNames]);
  });
});
