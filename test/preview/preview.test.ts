import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { preview as previewOf, type PreviewOptions } from "../../preview/preview";
import { evaluateVersion } from "../../preview/version/evaluate-version";
import { markdown } from "../../preview/markdown";
import { Repository } from "./repository";

/** The snapshots taken so far: most previews here compare with the same version, whose evaluation takes seconds. */
const taken = new Map<string, ReturnType<typeof evaluateVersion>>();

const evaluateOnce: typeof evaluateVersion = (request) => {
  const [{ root, stack, today }, key] = [request, "00".repeat(32)];
  const digest = createHash("sha256");
  for (const path of filesBelow(root)) digest.update(`${path.slice(root.length)}\n`).update(readFileSync(path));
  const id = `${stack} ${today} ${digest.digest("hex")}`;
  const snapshot = taken.get(id) ?? evaluateVersion({ ...request, key });
  taken.set(id, snapshot);
  return snapshot;
};

/** The version's own files, sorted; not the packages, to which its folder has a link. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

const preview = (options: PreviewOptions, repository: string) => previewOf(options, repository, evaluateOnce);

describe("Preview: the preview of a change", () => {
  let repository: Repository;
  let start: string;
  const today = "2026-11-21";
  const nothing = {
    base: "",
    head: "",
    declared: [],
    exceptions: [],
    reviewed: [],
    failures: [],
    widened: [],
    before: [],
  };

  before(() => {
    repository = new Repository();
    start = repository.git("rev-parse", "HEAD");
  });
  after(() => repository?.remove());
  afterEach(() => {
    // What a test committed is no other's start.
    repository.restore();
    repository.git("reset", "--quiet", "--hard", start);
  });

  it("shows nothing where nothing changed, whatever the folder", async () => {
    const first = repository.git("rev-parse", "HEAD");
    const second = repository.commit("second");
    const report = await preview({ base: first, head: second, today }, repository.folder);
    const text = markdown(report);
    for (const stack of ["dev", "prod"]) expect(text).to.contain(`## Stack \`${stack}\`\n\nNo change.`);
    expect(Object.values(report.stacks).flatMap(({ errors }) => errors)).to.deep.equal([]);
  });

  it("shows a change of one line in a handler as one line: object, version and alias", async () => {
    repository.append("lambda/model.ts", '\nexport const revision = "the second";\n');
    const { stacks } = await preview({ stack: "dev", today }, repository.folder);
    const lines = markdown({ ...nothing, stacks }).split("\n");
    const changes = lines.filter((line) => line.startsWith("*") || line.startsWith("  *"));
    expect(changes).to.have.length(1);
    expect(changes[0]).to.match(
      /^\* changed `model-code` \(BucketObjectv2\): `source\.model\.js` `\d+ bytes, .*` → `\d+ bytes, .*` → `a new version of model-function served by model-alias`$/,
    );
  });

  it("tells of an opened route, a dropped scope and a widened role, each in a line of its own, and fails", async () => {
    repository.replace(
      "infra/api/documents/rest-api-document.ts",
      "security: security(args)",
      'security: route.path === "/v2" ? [] : security(args)',
    );
    repository.replace("infra/api/documents/http-api-document.ts", '"jwt" ? [scope] : []', '"jwt" ? [] : []');
    repository.replace("infra/function/function.ts", '"logs:PutLogEvents"]', '"logs:PutLogEvents", "logs:*"]');
    const report = await preview({ today }, repository.folder);
    const text = markdown(report);
    expect(report.failures.join("\n")).to.contain("dev: ANYONE CAN CALL apiGateway: GET /v2 (default endpoint)");
    expect(text).to.match(
      /^\* \*\*LETS MORE CALLERS IN\*\*: changed `apiGateway: GET \/v2 \(default endpoint\)`; asks for `API key` → `\*\*NOTHING\*\*`: `nothing 403 → 200`/m,
    );
    expect(text).to.match(/^\* \*\*LETS MORE CALLERS IN\*\*: changed `httpApi: POST .*`no scope 403 → 200`/m);
    expect(text).to.match(
      /^\* changed `model-policy` \(RolePolicy\): `policy\.Statement\.0\.Action` added `"logs:\*"`$/m,
    );
    expect(text).to.match(/^\* new \(`open, high`\) `role-policy-names-actions`: .*model-policy/m);
    expect(text).to.match(/changed `apiGateway-api` \(RestApi\).*→ `a new deployment served by apiGateway-stage`/);
  });

  it("fails where any network reaches what some alone did, and tells of networks and clients that are added", async () => {
    const networks = "  model-serving:allowedNetworks: [203.0.113.0/24]\n";
    const role = "arn:aws:iam::123456789012:role/labs";
    const clients = "  model-serving:clients: [{ name: acme, principal: arn:aws:iam::123456789012:root }]\n";
    repository.replace("Pulumi.dev.yaml", "apiGatewayAuth: apiKey", "apiGatewayAuth: iam");
    repository.append("Pulumi.dev.yaml", networks + clients);
    const base = repository.commit("networks");

    repository.replace("Pulumi.dev.yaml", "[203.0.113.0/24]", "[203.0.113.0/24, 198.51.100.0/24]");
    repository.replace(
      "Pulumi.dev.yaml",
      ":root }",
      `:root }, { name: labs, principal: "${role}", models: [mymodel] }`,
    );
    const added = await preview({ base, stack: "dev", today }, repository.folder);
    expect(added.failures).to.deep.equal([]);
    const [network, client] = [
      "apiGateway takes calls from 198.51.100.0/24",
      `apiGateway lets labs (${role}) call mymodel`,
    ];
    expect(added.stacks.dev!.context).to.deep.equal(
      [network, client].map((line) => ({ op: "new", line, widened: true, lost: "" })),
    );
    expect(added.widened).to.include.members([`dev: ${network}`, `dev: ${client}`]);
    expect(markdown(added)).not.to.contain("No objection");

    repository.replace("Pulumi.dev.yaml", networks.replace("]", ", 198.51.100.0/24]"), "");
    const dropped = await preview({ base, stack: "dev", today }, repository.folder);
    expect(dropped.failures).to.include("dev: ANY NETWORK CAN REACH apiGateway: POST /mymodel (default endpoint)");
    expect(dropped.stacks.dev!.context.map(({ op, line }) => `${op}: ${line}`)).to.include.members([
      "no more: apiGateway takes calls from 203.0.113.0/24",
      "new: apiGateway takes calls from ANY NETWORK",
    ]);

    repository.restore();
    repository.replace(
      "infra/api/documents/resource-policy.ts",
      'Sid: "OtherNetworks",\n      Effect: "Deny",\n      Principal: "*",\n      Action: action,\n      Resource: `${stage}/*`',
      'Sid: "OtherNetworks",\n      Effect: "Deny",\n      Principal: "*",\n      Action: action,\n      Resource: `${stage}/POST/*`',
    );
    const around = await preview({ base, stack: "dev", today }, repository.folder);
    expect(around.failures).to.include("dev: ANY NETWORK CAN REACH apiGateway: GET /v2 (default endpoint)");
    expect(around.failures.join()).not.to.include("POST");
    expect(markdown(around)).to.match(
      /^\* \*\*LETS MORE CALLERS IN\*\*: changed `apiGateway: GET \/v2 .*`another network 403 → 200`/m,
    );
  });

  it("says what a stack's settings become, and names what goes with a module in the module's line", async () => {
    repository.replace(
      "Pulumi.prod.yaml",
      "model-serving:apiGatewayKeyRequired: true",
      "model-serving:apiGatewayKeyRequired: false",
    );
    repository.replace("Pulumi.dev.yaml", "model-serving:apiGateway: true", "model-serving:apiGateway: false");
    const report = await preview({ today }, repository.folder);
    const text = markdown(report);
    expect(text).to.contain("`apiGatewayKeyRequired` `true` → `false`");
    expect(text).to.match(
      /^\* removed `apiGateway` \(ApiGatewayModule\), with \d+ in it: .*`apiGateway-stage` \(Stage\)/m,
    );
    expect(report.stacks.dev!.access.map(({ op }) => op))
      .to.include("removed")
      .and.not.include("added");
  });

  it("objects to the deletion of a model package group: protected in prod, and to be emptied wherever it is", async () => {
    repository.replace("Pulumi.prod.yaml", "model-serving:sagemaker: true", "model-serving:sagemaker: false");
    const kept = await preview({ stack: "prod", today }, repository.folder);
    expect(kept.failures.join("\n")).to.match(
      /^prod: sagemaker-training-models would be deleted, but it is protected: first pulumi config set protectData false/m,
    );
    repository.restore();
    repository.replace("Pulumi.dev.yaml", "model-serving:sagemaker: false", "model-serving:sagemaker: true");
    const base = repository.commit("with training");
    repository.restore();
    repository.replace("Pulumi.dev.yaml", "model-serving:sagemaker: true", "model-serving:sagemaker: false");
    const free = await preview({ base, stack: "dev", today }, repository.folder);
    expect(free.failures).to.deep.equal([]);
    expect(markdown(free))
      .to.match(
        /^\* `dev: sagemaker-training-models would be deleted, which AWS refuses while anything is in it: docs/m,
      )
      .and.not.contain("No objection");
  });

  it("fails where the new version cannot be evaluated, and says why in one line", async () => {
    repository.replace("Pulumi.dev.yaml", "apiGatewayAuth: apiKey", "apiGatewayAuth: nobody");
    repository.append("Pulumi.yaml", "  another:\n    type: string\n    description: A new one\n    default: x\n");
    const report = await preview({ stack: "dev", today }, repository.folder);
    expect(markdown(report)).to.contain("`another` added");
    expect(report.failures).to.have.length(1);
    expect(report.failures[0]).to.match(
      /^dev: cannot be evaluated: 2 faults in the settings of stack dev\s+apiGatewayAuth: is not one of/,
    );
    expect(markdown(report)).not.to.contain(repository.folder);
  });

  it("says that an encrypted setting cannot be previewed, where the program cannot do without it", async () => {
    repository.append("Pulumi.dev.yaml", "  model-serving:apiGatewayDomain: { secure: v1:abc }\n");
    const { failures } = await preview({ stack: "dev", today }, repository.folder);
    expect(failures).to.have.length(1);
    expect(failures[0]).to.match(
      /^dev: cannot be evaluated: an encrypted setting cannot be previewed \(apiGatewayDomain\): .*apiGatewayDomain/s,
    );
  });

  it("shows what a version's .gitattributes would leave out of an archive", async () => {
    repository.append(".gitattributes", "infra/function/function.ts export-ignore\n");
    const base = repository.commit("attributes");
    repository.replace("infra/function/function.ts", '"logs:PutLogEvents"]', '"logs:PutLogEvents", "logs:*"]');
    const head = repository.commit("hidden");
    const { failures } = await preview({ base, head, stack: "dev", today }, repository.folder);
    expect(failures.join("\n")).to.contain("role-policy-names-actions");
  });

  it("looks at the new version alone where the old one cannot be evaluated, and takes every open route for a new one", async () => {
    repository.append("index.ts", "\nthrow new Error('an old mistake');\n");
    repository.replace("Pulumi.prod.yaml", "httpApiAuth: jwt", "httpApiAuth: openToAnyone");
    repository.replace("Pulumi.prod.yaml", "mutualTls: true", "mutualTls: false");
    const broken = repository.commit("broken");
    repository.replace("index.ts", "throw new Error('an old mistake');", "");
    const report = await preview({ base: broken, stack: "prod", today }, repository.folder);
    expect(report.stacks.prod!.errors).to.deep.equal(["before: an old mistake"]);
    expect(report.stacks.prod!.resources).to.deep.equal([]);
    expect(report.failures.join("\n")).to.contain("ANYONE CAN CALL httpApi: ");
  });

  it("names what it changes of what checks it, and the exceptions that it adds, widens and prolongs", async () => {
    repository.replace("policy/exceptions.yaml", "stack: dev\n  reason: A web ACL", "reason: A web ACL");
    repository.replace("policy/exceptions.yaml", "review: 2027-11-01", "review: 2028-10-01");
    repository.append(
      "policy/exceptions.yaml",
      "\n- rule: secret-rotates\n  resource: a::b\n  reason: It costs too much to be worth it.\n  review: 2027-11-01\n",
    );
    repository.replace("policy/pack.ts", "import", "// A rule less.\nimport");
    const report = await preview({ stack: "dev", today }, repository.folder);
    expect(report.reviewed).to.deep.equal(["policy/exceptions.yaml", "policy/pack.ts"]);
    const text = markdown(report);
    expect(text).to.contain(
      "**This change also changes what checks it:** `policy/exceptions.yaml`, `policy/pack.ts`\n\nBy the rules that this preview runs, nothing",
    );
    const restApi = "aws:apigateway/restApi:RestApi::apiGateway-api in dev until";
    const stage = "aws:apigateway/stage:Stage::* in";
    expect(
      text.slice(text.indexOf("## Exceptions to the policy"), text.indexOf("## Stack")).trim().split("\n"),
    ).to.deep.equal([
      "## Exceptions to the policy",
      "",
      `* \`api-key-is-never-alone\` \`${restApi} 2027-11-01\` → \`${restApi} 2028-10-01\``,
      `* \`stage-has-a-firewall\` \`${stage} dev until 2027-11-01\` → \`${stage} EVERY STACK until 2027-11-01\``,
      "* `secret-rotates` added `a::b in EVERY STACK until 2027-11-01`",
    ]);
  });

  it("refuses a day that no calendar has, and names the option", async () => {
    const error = await preview({ today: "2026-99-99" }, repository.folder).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).to.equal("--today: name a day of the calendar, as YYYY-MM-DD");
  });

  it("refuses a stack that neither version has", async () => {
    const error = await preview({ stack: "nope" }, repository.folder).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).to.contain("--stack nope");
  });

  it("refuses a commit that does not exist, and takes a name with a dash for a name", async () => {
    for (const base of ["no-such-branch", "--output=/tmp/x"]) {
      const error = await preview({ base }, repository.folder).then(
        () => undefined,
        (reason: Error) => reason,
      );
      expect(error?.message).to.contain(`no commit ${base}`);
    }
  });
});
