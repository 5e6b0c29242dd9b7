import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { BootstrapError } from "../../bootstrap/names";
import { permissions } from "../../bootstrap/permissions";
import type { Statement } from "../../bootstrap/statements";
import { template } from "../../bootstrap/template";
import { evaluate, projectRoot } from "../../graph/evaluate";

const asked = { repository: "owner/name", project: "model-serving", stacks: ["dev", "prod"] };

interface Made {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const { Resources: made } = template(asked) as { Resources: Readonly<Record<string, Made>> };

interface Policy {
  readonly Statement: readonly Statement[];
}

const inline = (name: string) =>
  (made[name]!.Properties.Policies as { PolicyDocument: Policy }[])[0]!.PolicyDocument.Statement;
const services = Object.values(made)
  .filter(({ Type }) => Type === "AWS::IAM::ManagedPolicy")
  .map(({ Properties }) => Properties.PolicyDocument as Policy);
const text = (value: unknown) => JSON.stringify(value).replace(/\{"Fn::Sub":("[^"]*")\}/g, (_, inner: string) => inner);
const allowed = (statements: readonly Statement[]) =>
  statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);

describe("the bootstrap's template", () => {
  it("lets each role be taken by its own jobs of this repository alone", () => {
    const trust = (subject: string) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: { "Fn::If": ["MakeProvider", { Ref: "GitHub" }, { Ref: "Provider" }] } },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": subject,
            },
          },
        },
      ],
    });
    const roles = Object.entries(made).filter(([, { Type }]) => Type === "AWS::IAM::Role");
    expect(
      Object.fromEntries(roles.map(([name, { Properties }]) => [name, Properties.AssumeRolePolicyDocument])),
    ).to.deep.equal({
      PreviewRole: trust("repo:owner/name:pull_request"),
      DevRole: trust("repo:owner/name:environment:dev"),
      ProdRole: trust("repo:owner/name:environment:prod"),
    });
  });

  it("refuses names that would be many", () => {
    for (const wrong of [
      { repository: "owner/*" },
      { repository: "owner" },
      { repository: "owner/name:environment:prod" },
      { stacks: ["*"] },
      { stacks: [] },
      { project: "a*" },
    ]) {
      expect(() => template({ ...asked, ...wrong }), JSON.stringify(wrong)).to.throw(BootstrapError);
    }
  });

  it("lets a preview read the state and decrypt its secrets, and nothing else", () => {
    expect(new Set(allowed(inline("PreviewRole")))).to.deep.equal(
      new Set(["s3:ListBucket", "s3:GetObject", "kms:Decrypt"]),
    );
    expect(made.PreviewRole!.Properties.ManagedPolicyArns).to.deep.equal([]);
    expect(text(inline("PreviewRole"))).not.to.contain('"*"');
  });

  it("gives a stack its own state and key, and no other's", () => {
    const dev = text(inline("DevRole"));
    expect(dev).to.contain(".pulumi/stacks/model-serving/dev.*").and.not.contain("model-serving/prod");
    const uses = inline("DevRole").filter(
      ({ Effect, Resource }) => Effect === "Allow" && text(Resource).includes("ProdKey"),
    );
    expect(uses).to.deep.equal([]);
    expect(dev).to.contain("secret:model-serving-dev-auth0-*").and.not.contain("prod-auth0");
  });

  it("denies a deployment to change what the bootstrap made: its roles and their policies, the state's bucket and keys", () => {
    const denied = inline("ProdRole").filter(({ Effect }) => Effect === "Deny");
    const resources = text(denied.find(({ Sid }) => Sid === "FenceRoles")!.Resource);
    const named = Object.values(made).flatMap(({ Properties: { RoleName, ManagedPolicyName } }) => [
      RoleName,
      ManagedPolicyName,
    ]);
    for (const name of named.filter((each) => typeof each === "string")) {
      const covered = [name, name.replace(/\d+$/, "*")].some((each) => resources.includes(`/${each}"`));
      expect(covered, name).to.equal(true);
    }
    expect(denied.find(({ Sid }) => Sid === "FenceRoles")!.Action).to.deep.equal(["iam:*"]);
    const keys = Object.entries(made).filter(([, { Type }]) => Type === "AWS::KMS::Key");
    for (const [name] of keys)
      expect(text(denied.find(({ Sid }) => Sid === "FenceKeys")!.Resource)).to.contain(`\${${name}.Arn}`);
  });

  it("allows no action on all of a service, no reading of secrets, no user, and no administrator's policy", () => {
    const all = [...services.flatMap(({ Statement }) => Statement), ...inline("ProdRole")];
    for (const action of allowed(all)) expect(action).to.match(/^[a-z0-9-]+:[A-Z]\w*\*?$/);
    const reading = all.filter(
      ({ Effect, Action }) => Effect === "Allow" && Action.includes("secretsmanager:GetSecretValue"),
    );
    expect(reading.map(({ Sid }) => Sid)).to.deep.equal(["Auth0Client"]);
    expect(allowed(all).join(" ")).not.to.match(/iam:\w*(User|AccessKey|LoginProfile|OpenIDConnect)/);
    const attach = all.find(({ Sid }) => Sid === "Attachments")!;
    expect(text(attach.Condition)).not.to.contain("iam::aws:policy/A");
  });

  it("deploys every type of the program, in whatever way it is protected", async () => {
    const graphs = await Promise.all([
      evaluate({ stack: "prod" }),
      evaluate({ stack: "prod", set: { apiGatewayAuth: "cognito" } }),
      evaluate({ stack: "dev" }),
    ]);
    const prefixes = [...Object.values(permissions).flatMap(({ types }) => types), "aws:iam/"];
    const types = new Set(graphs.flatMap(({ resources }) => resources.map(({ type }) => type)));
    const missing = [...types].filter(
      (type) => type.startsWith("aws:") && !prefixes.some((each) => type.startsWith(each)),
    );
    expect(missing).to.deep.equal([]);
    const buckets = graphs.flatMap(({ resources }) => resources.filter(({ type }) => type === "aws:s3/bucket:Bucket"));
    expect(buckets.length).to.be.greaterThan(0);
    for (const { name, inputs } of buckets) {
      expect(typeof inputs.bucket === "string" ? `${inputs.bucket}-` : `${name}-`, name).to.match(/.-bucket-/);
    }
  });

  it("keeps the state and its keys when it is deleted, versions and encrypts the bucket, and closes it", () => {
    for (const { Type, DeletionPolicy } of Object.values(made)) {
      if (/::(Bucket|Key)$/.test(Type)) expect(DeletionPolicy).to.equal("Retain");
    }
    const { Properties } = made.StateBucket!;
    expect(Properties.VersioningConfiguration).to.deep.equal({ Status: "Enabled" });
    expect(Object.values(Properties.PublicAccessBlockConfiguration as object)).to.deep.equal([true, true, true, true]);
    expect(JSON.stringify(Properties.BucketEncryption)).to.contain("aws:kms");
    expect(JSON.stringify(made.StateBucketPolicy)).to.contain('"aws:SecureTransport":"false"');
  });

  it("stays within IAM's sizes, filled in", () => {
    const size = (policy: unknown) => text(policy).replaceAll("${AWS::AccountId}", "123456789012").length;
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    for (const policy of services) expect(size(policy)).to.be.lessThan(6_144);
    expect(size(inline("ProdRole"))).to.be.lessThan(10_240);
    expect(JSON.stringify(template(asked)).length).to.be.lessThan(51_200); // CloudFormation's, for a template that is not in S3
  });

  it("is printed for the stacks that have a file, or refused in one line", () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["run.mjs", "bootstrap/cli.ts", ...args], { cwd: projectRoot, encoding: "utf8" });
    expect(JSON.parse(run("--repository", "owner/name").stdout)).to.deep.equal(template(asked));
    const refused = run("--repository", "owner/*");
    expect([refused.status, refused.stdout, refused.stderr.trim().split("\n").at(-1)]).to.deep.equal([
      1,
      "",
      "--repository: is not owner/name",
    ]);
  });

  it("is applied by a script that a shell can read", () => {
    const { status, stderr } = spawnSync("bash", ["-n", join(projectRoot, "bootstrap/bootstrap.sh")], {
      encoding: "utf8",
    });
    expect(status, stderr).to.equal(0);
  });
});
