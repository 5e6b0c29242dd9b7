import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { BootstrapError } from "../../bootstrap/names";
import { lookUps, permissions } from "../../bootstrap/permissions/permissions";
import type { Statement } from "../../bootstrap/statement";
import { template } from "../../bootstrap/template";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { may } from "./may";

const asked = { repository: "owner/name", project: "model-serving", stacks: ["dev", "prod"] };

/** A model behind an endpoint whose number of instances changes; the pipeline publishes this model, and so is off. */
const endpoints = {
  endpoints: [{ model: "mymodel", instanceType: "ml.m5.large", minInstances: 2, maxInstances: 4 }],
  sagemaker: false,
};

interface Made {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const { Resources: made } = template(asked) as { Resources: Readonly<Record<string, Made>> };

/** A statement of the program's own. */
interface Grant {
  readonly Effect: string;
  readonly Action: string | readonly string[];
}

interface Policy {
  readonly Statement: readonly Statement[];
}

const inline = (name: string) =>
  (made[name]!.Properties.Policies as { PolicyDocument: Policy }[])[0]!.PolicyDocument.Statement;
const services = Object.entries(made)
  .filter(([name, { Type }]) => Type === "AWS::IAM::ManagedPolicy" && name !== "Boundary" && name !== "Reads")
  .map(([, { Properties }]) => Properties.PolicyDocument as Policy);
const text = (value: unknown) => JSON.stringify(value).replace(/\{"Fn::Sub":("[^"]*")\}/g, (_, inner: string) => inner);
const allowed = (statements: readonly Statement[]) =>
  statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);

describe("Bootstrap: the bootstrap's template", () => {
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
      DevPreviewRole: trust("repo:owner/name:environment:preview-dev"),
      ProdPreviewRole: trust("repo:owner/name:environment:preview-prod"),
      DevDriftRole: trust("repo:owner/name:environment:drift-dev"),
      ProdDriftRole: trust("repo:owner/name:environment:drift-prod"),
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
      // Each is short enough, but not the name of their role.
      { project: "p".repeat(32), stacks: ["s".repeat(24)] },
    ]) {
      expect(() => template({ ...asked, ...wrong }), JSON.stringify(wrong)).to.throw(BootstrapError);
    }
  });

  it("lets a preview read one stack's state, decrypt its secrets and look up what the program does, and nothing else: not another stack's", () => {
    for (const name of ["DevPreviewRole", "ProdPreviewRole"]) {
      const { ManagedPolicyArns } = made[name]!.Properties;
      expect(ManagedPolicyArns, name).to.deep.equal([]);
      expect(new Set(allowed(inline(name))), name).to.deep.equal(
        new Set(["s3:ListBucket", "s3:GetObject", "kms:Decrypt", ...Object.values(lookUps)]),
      );
      const anywhere = inline(name).filter(({ Resource }) => text(Resource).includes('"*"'));
      expect(
        anywhere.flatMap(({ Action }) => Action),
        name,
      ).to.deep.equal(Object.values(lookUps));
    }
    expect(text(inline("DevPreviewRole"))).not.to.match(/model-serving\/prod|ProdKey/);
    expect(text(inline("ProdPreviewRole"))).not.to.match(/model-serving\/dev|DevKey/);
  });

  it("lets a look for drift read what a deployment may change, and nothing else: no secret's value, and not another stack's state", () => {
    const { Statement: reads } = made.Reads!.Properties.PolicyDocument as Policy;
    const all = [...reads, ...inline("DevDriftRole")];
    const others = allowed(all).filter((action) => !/^[\w-]+:(Get|List|Describe|GET$)/.test(action));
    // Its own state's secrets, and through Lambda the functions' environments.
    expect(others).to.deep.equal(["kms:Decrypt", "kms:Decrypt", "kms:Decrypt"]);
    expect(allowed(reads)).not.to.include("secretsmanager:GetSecretValue");
    const values = all.filter(({ Action }) => Action.includes("secretsmanager:GetSecretValue"));
    expect(text(values.map(({ Resource }) => Resource))).to.match(
      /^\[\["[^"]*secret:model-serving-dev-drift-auth0-\*"\]\]$/,
    );
    expect(text(inline("DevDriftRole"))).not.to.match(/model-serving\/prod|ProdKey/);
    // What a deployment may read, a look for drift may.
    const readable = (statements: readonly Statement[]) =>
      allowed(statements).filter((action) => /:(Get|List|Describe)/.test(action));
    expect(readable(services.flatMap(({ Statement }) => Statement))).to.deep.equal(readable(reads));
    expect(text(reads).length).to.be.lessThan(6_144);
  });

  it("lets a preview look up what the program has data sources for, and its network's zones", () => {
    const simulated = readFileSync(join(projectRoot, "graph/data-sources.ts"), "utf8");
    const asked = [...simulated.matchAll(/case "aws:\w+\/(\w+):/g)].map(([, source]) => source!);
    expect([...asked].sort()).to.deep.equal([...Object.keys(lookUps), "getCallerIdentity"].sort());
    for (const action of Object.values(lookUps)) expect(action).to.match(/^ec2:Describe[A-Z]\w+$/);
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

  describe("lets a deployment", () => {
    const filledIn = (value: unknown) =>
      JSON.parse(
        text(value).replace(/\$\{AWS::(\w+)\}/g, (_, name) => (name === "Partition" ? "aws" : account)),
      ) as never;
    const account = "123456789012";
    const statements: readonly Statement[] = [
      ...services.flatMap(({ Statement }) => filledIn(Statement) as Statement[]),
      ...(filledIn(inline("DevRole")) as Statement[]),
    ];
    const iam = (resource: string) => `arn:aws:iam::${account}:${resource}`;
    const own = iam("role/model-serving-dev/model-role-1");
    const bounded = { "iam:PermissionsBoundary": iam("policy/model-serving-boundary") };
    const attached = { ...bounded, "iam:PolicyARN": iam("policy/model-serving-dev/invoke") };
    const passed = { "iam:PassedToService": "lambda.amazonaws.com" };

    it("make and fill a role of its stack within the boundary, and pass it", () => {
      for (const action of ["CreateRole", "PutRolePolicy", "PutRolePermissionsBoundary"])
        expect(may(statements, `iam:${action}`, own, bounded), action).to.equal(true);
      expect(may(statements, "iam:AttachRolePolicy", own, attached)).to.equal(true);
      expect(may(statements, "iam:PassRole", own, passed)).to.equal(true);
      for (const action of ["DeleteRole", "GetRole", "UpdateAssumeRolePolicy", "TagRole", "DetachRolePolicy"])
        expect(may(statements, `iam:${action}`, own), action).to.equal(true);
    });

    it("make or fill no role that the boundary does not bound, and take it off none", () => {
      const other = { "iam:PermissionsBoundary": iam("policy/model-serving-dev/wide") };
      for (const action of ["CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary"]) {
        expect(may(statements, `iam:${action}`, own, { "iam:PolicyARN": attached["iam:PolicyARN"] }), action).to.equal(
          false,
        );
        expect(may(statements, `iam:${action}`, own, { ...attached, ...other }), action).to.equal(false);
      }
      expect(may(statements, "iam:DeleteRolePermissionsBoundary", own, bounded)).to.equal(false);
    });

    it("change the boundary neither as a policy nor by a new version of it, and attach no administrator's policy", () => {
      for (const action of ["CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion"])
        expect(may(statements, `iam:${action}`, bounded["iam:PermissionsBoundary"]), action).to.equal(false);
      const administrator = { ...bounded, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" };
      expect(may(statements, "iam:AttachRolePolicy", own, administrator)).to.equal(false);
    });

    it("take over no role that stands elsewhere: not by who may take it, nor by a function that runs as it", () => {
      for (const role of ["role/admin", "role/model-serving-prod/model-role-1", "role/model-serving-dev-deploy"]) {
        expect(may(statements, "iam:UpdateAssumeRolePolicy", iam(role)), role).to.equal(false);
        expect(may(statements, "iam:PassRole", iam(role), passed), role).to.equal(false);
        expect(may(statements, "iam:AttachRolePolicy", iam(role), attached), role).to.equal(false);
        expect(may(statements, "iam:PutRolePolicy", iam(role), bounded), role).to.equal(false);
      }
      expect(may(statements, "iam:CreatePolicyVersion", iam("policy/somebodys"))).to.equal(false);
      expect(may(statements, "sts:AssumeRole", own)).to.equal(false);
    });

    it("call what knows no resource, and so is compared with none of the account's own", () => {
      // Actions of the provider for the program's types that have no resource type in
      // https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
      for (const action of [
        "acm:RequestCertificate",
        "cognito-idp:CreateUserPool",
        "cognito-idp:DescribeUserPoolDomain",
        "ec2:DescribeAvailabilityZones",
        "kms:CreateKey",
        "kms:ListAliases",
        "logs:CreateLogDelivery",
        "logs:DeleteResourcePolicy",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:PutResourcePolicy",
        "route53:AssociateVPCWithHostedZone",
        "sagemaker:ListModelPackages",
        "sns:GetSubscriptionAttributes",
        "sns:SetSubscriptionAttributes",
        "sns:Unsubscribe",
      ])
        expect(may(statements, action, "*"), action).to.equal(true);
      expect(may(statements, "cognito-idp:ListUserPools", "*")).to.equal(false);
    });

    it("clear away the interfaces that a function leaves in the network, in this account alone", () => {
      const left = `arn:aws:ec2:us-east-1:${account}:network-interface/eni-1`;
      for (const action of [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DetachNetworkInterface",
        "ec2:DeleteNetworkInterface",
      ]) {
        expect(may(statements, action, left, { "aws:ResourceAccount": account }), action).to.equal(true);
        expect(may(statements, action, left, { "aws:ResourceAccount": "999999999999" }), action).to.equal(false);
      }
    });

    it("empty the stack's model package group, which cannot be deleted with versions in it", () => {
      const version = `arn:aws:sagemaker:us-east-1:${account}:model-package/model-serving-dev-models/1`;
      expect(may(statements, "sagemaker:DeleteModelPackage", version)).to.equal(true);
      expect(may(statements, "sagemaker:UpdateModelPackage", version)).to.equal(false);
      expect(may(statements, "sagemaker:DeleteModelPackage", version.replace(account, "999999999999"))).to.equal(false);
    });

    it("make and change endpoints, and what they are made of, by the names that the program gives, and call none", async () => {
      const sagemaker = (resource: string) => `arn:aws:sagemaker:us-east-1:${account}:${resource}`;
      const { resources } = await evaluate({ stack: "dev", set: endpoints });
      for (const [type, kind, actions] of [
        ["model:Model", "model/", ["CreateModel", "DeleteModel"]],
        ["endpointConfiguration:EndpointConfiguration", "endpoint-config/", ["CreateEndpointConfig"]],
        ["endpoint:Endpoint", "endpoint/", ["CreateEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"]],
      ] as const) {
        const made = resources.filter((one) => one.type === `aws:sagemaker/${type}`);
        expect(made, type).to.have.length(1);
        for (const action of [...actions, "AddTags"])
          expect(may(statements, `sagemaker:${action}`, String(made[0]!.outputs.arn)), action).to.equal(true);
        if (kind !== "endpoint/")
          expect(may(statements, `sagemaker:${actions[0]}`, sagemaker(`${kind}others`)), kind).to.equal(false);
      }
      const endpoint = sagemaker("endpoint/model-serving-dev-mymodel");
      expect(may(statements, "sagemaker:InvokeEndpoint", endpoint)).to.equal(false);
      expect(may(statements, "sagemaker:CreateNotebookInstance", sagemaker("notebook-instance/n"))).to.equal(false);
      const scales = (namespace: string) =>
        may(
          statements,
          "application-autoscaling:RegisterScalableTarget",
          `arn:aws:application-autoscaling:us-east-1:${account}:scalable-target/1`,
          { "application-autoscaling:service-namespace": namespace },
        );
      expect(["lambda", "sagemaker", "ec2"].map(scales)).to.deep.equal([true, true, false]);
      const linked = (service: string) =>
        may(statements, "iam:CreateServiceLinkedRole", iam(`role/aws-service-role/${service}.amazonaws.com/r`), {
          "iam:AWSServiceName": `${service}.amazonaws.com`,
        });
      expect(linked("sagemaker.application-autoscaling")).to.equal(true);
      expect(linked("sagemaker")).to.equal(false);
    });

    it("keep all roles and policies of the program below that path", async () => {
      const { resources } = await evaluate({
        stack: "dev",
        set: { permissionsBoundary: bounded["iam:PermissionsBoundary"], apiGatewayAuth: "iam" },
      });
      const made = resources.filter(({ type }) => /^aws:iam\/(role|policy):/.test(type));
      expect(made.length).to.be.greaterThan(2);
      for (const { type, name, outputs } of made) {
        if (type === "aws:iam/policy:Policy")
          expect(may(statements, "iam:CreatePolicy", String(outputs.arn)), name).to.equal(true);
        else
          expect(
            may(statements, "iam:CreateRole", String(outputs.arn), {
              "iam:PermissionsBoundary": String(outputs.permissionsBoundary),
            }),
            name,
          ).to.equal(true);
      }
    });
  });

  it("bounds roles by what the program's own roles do, in this account, and nothing with the state or the deployment's secrets", async () => {
    const { Statement: bounds } = made.Boundary!.Properties.PolicyDocument as Policy;
    const variants = [
      { trainingSchedule: "rate(7 days)" },
      { apiGatewayAuth: "cognito" },
      { apiGatewayAuth: "apiKey" },
      { apiGatewayAuth: "lambda", authorizerNetwork: "nat" },
      endpoints,
    ];
    const graphs = [];
    for (const set of variants) graphs.push(await evaluate({ stack: "prod", set }));
    const used = graphs.flatMap(({ resources }) =>
      resources
        .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
        .flatMap(({ inputs }) => (JSON.parse(String(inputs.policy)) as { Statement: Grant[] }).Statement)
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action }) => Action),
    );
    // AWS's policy for API Gateway's logs, which a role of the program has attached, asks for these besides.
    const logRole = ["logs:DescribeLogGroups", "logs:FilterLogEvents", "logs:GetLogEvents"];
    expect(
      [...new Set(allowed(bounds))].sort(),
      "bootstrap/boundary.ts, and what the program's roles may do",
    ).to.deep.equal([...new Set([...used, ...logRole])].sort());
    expect(bounds.find(({ Sid }) => Sid === "Runtime")!.Condition).to.deep.equal({
      StringEqualsIfExists: { "aws:ResourceAccount": { "Fn::Sub": "${AWS::AccountId}" } },
    });
    const denied = text(bounds.filter(({ Effect }) => Effect === "Deny"));
    for (const name of ["${StateBucket.Arn}/*", "${StateKey.Arn}", "${DevKey.Arn}", "${ProdKey.Arn}", "prod-auth0-*"])
      expect(denied).to.contain(name);
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
      evaluate({ stack: "prod", set: { trainingSchedule: "rate(7 days)" } }),
      evaluate({ stack: "prod", set: endpoints }),
      evaluate({ stack: "prod", set: { apiGatewayAuth: "cognito" } }),
      evaluate({ stack: "prod", set: { modelWarm: 1, modelWarmMost: 2, modelWarmHours: "6-18" } }),
      evaluate({ stack: "dev" }),
    ]);
    const prefixes = [...Object.values(permissions).flatMap(({ types }) => types), "aws:iam/"];
    const types = new Set(graphs.flatMap(({ resources }) => resources.map(({ type }) => type)));
    const missing = [...types].filter(
      (type) => type.startsWith("aws:") && !prefixes.some((each) => type.startsWith(each)),
    );
    expect(missing).to.deep.equal([]);
    const unused = prefixes.filter((prefix) => ![...types].some((type) => type.startsWith(prefix)));
    expect(unused).to.deep.equal([]);
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
    for (const policy of [...services, made.Boundary!.Properties.PolicyDocument])
      expect(size(policy)).to.be.lessThan(6_144);
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
      "--repository: must be owner/name, as on GitHub",
    ]);
  });

  it("is applied by a script that a shell can read", () => {
    const { status, stderr } = spawnSync("bash", ["-n", join(projectRoot, "bootstrap/bootstrap.sh")], {
      encoding: "utf8",
    });
    expect(status, stderr).to.equal(0);
  });
});
