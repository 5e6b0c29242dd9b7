// What an attacker of a repository's automation looks for, as rules over every workflow.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { template } from "../../bootstrap/template";
import { projectRoot } from "../../graph/evaluate";
import { type Job, type Step, type Workflow, workflows } from "./workflow";

const all = workflows();
const jobs = all.flatMap((workflow) =>
  Object.entries(workflow.jobs).map(([name, job]): [string, Job, Workflow] => [
    `${workflow.file}: ${name}`,
    job,
    workflow,
  ]),
);
const steps = jobs.flatMap(([where, { steps: list = [] }]) => list.map((step): [string, Step] => [where, step]));

describe("The GitHub workflows", () => {
  it("are all checked here", () => {
    expect(all.map(({ file }) => file)).to.include.members(["pull-request.yml", "preview-comment.yml", "deploy.yml"]);
    expect(steps.length).to.be.greaterThan(15);
  });

  it("never run a pull request's code with the rights of the repository", () => {
    for (const { file, on, text } of all) {
      expect(Object.keys(on), file).not.to.include("pull_request_target");
      expect(text, file).not.to.match(/issue_comment|repository_dispatch/);
    }
  });

  it("pin every action by its commit, and say which version that is", () => {
    const used = all.flatMap(({ file, text }) =>
      [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, use]) => [file, use!] as const),
    );
    expect(used.length).to.be.greaterThan(10);
    for (const [file, use] of used) {
      if (use.startsWith("./")) continue; // A workflow of the same commit.
      expect(use, file).to.match(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("pin an action the same way everywhere", () => {
    const pins = new Set(steps.flatMap(([, { uses }]) => (uses === undefined ? [] : [uses])));
    const names = [...pins].map((pin) => pin.split("@")[0]);
    expect(names).to.have.length(new Set(names).size);
  });

  it("put no expression into a script: a title or a branch would become code", () => {
    for (const [where, { run = "", with: inputs = {} }] of steps) {
      expect(run, where).not.to.contain("${{");
      expect(Object.keys(inputs), where).not.to.include("script");
    }
  });

  it("have no permission but those named here", () => {
    for (const { file, permissions } of all) expect(permissions, file).to.deep.equal({});
    const read = { contents: "read" };
    const deploying = { contents: "read", "id-token": "write" };
    expect(Object.fromEntries(jobs.map(([where, { permissions }]) => [where, permissions]))).to.deep.equal({
      "cloud-preview.yml: preview": deploying,
      "deploy-stack.yml: up": deploying,
      "deploy.yml: dev": deploying,
      "deploy.yml: prod": deploying,
      "deploy.yml: test": read,
      "drift-stack.yml: look": deploying,
      "drift.yml: dev": deploying,
      "drift.yml: issue": { issues: "write" },
      "drift.yml: prod": deploying,
      "preview-comment.yml: comment": { actions: "read", "pull-requests": "write" },
      "pull-request.yml: everything": read,
      "pull-request.yml: preview": read,
      "pull-request.yml: test": read,
    });
  });

  it("give a pull request no secret, and a fork's no identity in a cloud", () => {
    const asked = all.filter(({ on }) => "pull_request" in on);
    expect(asked.map(({ file }) => file)).to.deep.equal(["cloud-preview.yml", "pull-request.yml"]);
    for (const { file, text, jobs: own } of asked) {
      expect(text, file).not.to.match(/secrets\.|secrets:|github\.token/);
      for (const [name, { if: condition = "", permissions = {} }] of Object.entries(own)) {
        if (!("id-token" in permissions)) continue;
        const ours = "github.event.pull_request.head.repo.full_name == github.repository";
        expect(condition, `${file}: ${name}`).to.contain(ours);
      }
    }
  });

  it("take a cloud's identity in an environment alone, whose rules GitHub enforces whatever the branch's file says", () => {
    for (const [where, { permissions = {}, environment, uses }] of jobs) {
      if (!("id-token" in permissions) || uses !== undefined) continue;
      expect(environment, where).to.match(/^(preview-\$\{\{ matrix\.stack \}\}|(drift-)?\$\{\{ inputs\.stack \}\})$/);
    }
    const { preview } = all.find(({ file }) => file === "cloud-preview.yml")!.jobs;
    // A role that its environment's name does not name is nobody's.
    const { Resources } = template({ repository: "owner/name", project: "model-serving", stacks: ["dev", "prod"] }) as {
      Resources: Record<string, unknown>;
    };
    const trusted = [...JSON.stringify(Resources).matchAll(/repo:owner\/name:([\w:-]+)/g)].map(
      ([, subject]) => subject,
    );
    const stacks = (preview as unknown as { strategy: { matrix: { stack: string[] } } }).strategy.matrix.stack;
    const named = stacks.flatMap((stack) => ["preview-", "drift-", ""].map((kind) => `environment:${kind}${stack}`));
    expect(trusted.sort()).to.deep.equal(named.sort());
  });

  it("hold no long-lived key: every cloud is reached by OIDC", () => {
    for (const { file, text } of all) expect(text, file).not.to.match(/secrets\.|access-key|credentials_json/);
  });

  it("preview without an identity at Auth0, whose provider refuses to start with no credentials whatever", () => {
    const previews = steps.filter(([, { run = "" }]) => run.includes("pulumi preview"));
    expect(previews.map(([where]) => where)).to.deep.equal(["cloud-preview.yml: preview"]);
    for (const [where, { env = {} }] of previews) expect(env, where).to.deep.equal({ AUTH0_API_TOKEN: "none" });
  });

  it("leave no token behind a checkout, check models out of Git LFS, and end by themselves", () => {
    const checkouts = steps.filter(([, { uses = "" }]) => uses.startsWith("actions/checkout@"));
    expect(checkouts.length).to.be.greaterThan(4);
    for (const [where, { with: inputs = {} }] of checkouts)
      expect(inputs, where).to.deep.include({ "persist-credentials": false, lfs: true });
    for (const [where, job] of jobs) {
      if (job.uses === undefined) expect(job["timeout-minutes"], where).to.be.within(1, 60);
    }
  });

  it("install nothing while there are credentials", () => {
    for (const [where, { steps: list = [] }] of jobs) {
      const login = list.findIndex(({ uses = "" }) => /configure-aws-credentials|google-github-actions/.test(uses));
      const after = login < 0 ? [] : list.slice(login);
      for (const { run = "", uses = "" } of after)
        expect(`${run}${uses}`, where).not.to.match(/npm (ci|install)|npx|pulumi\/actions/);
    }
  });

  it("deploy to prod after dev, each in its environment, with the policy pack", () => {
    const deploy = all.find(({ file }) => file === "deploy.yml")!;
    expect(deploy.on).to.deep.equal({ push: { branches: ["main"] } });
    expect(deploy.jobs.prod).to.deep.include({ needs: "dev", with: { stack: "prod" } });
    const { up } = all.find(({ file }) => file === "deploy-stack.yml")!.jobs;
    expect(up!.environment).to.equal("${{ inputs.stack }}");
    expect(up!.steps!.at(-3)!.run).to.match(/^pulumi up .*--policy-pack policy$/m);
    // After the verification: what it finds may need the version before.
    expect(up!.steps!.at(-1)!.run).to.equal('npm run -s prune -- --stack "$STACK" --delete');
  });

  it("verify what was deployed, and fail with the verification", () => {
    const { up } = all.find(({ file }) => file === "deploy-stack.yml")!.jobs;
    const last = up!.steps!.at(-2)!;
    expect(last.run).to.match(/^npm run -s verify -- --stack "\$STACK" \| tee /);
    // Without it, the status would be that of tee.
    expect(last.shell).to.equal("bash");
  });

  it("look for drift of each stack at night, never beside its deployment, and write the issue in a job of its own", () => {
    const { on, jobs: own } = all.find(({ file }) => file === "drift.yml")!;
    expect(Object.keys(on)).to.deep.equal(["schedule", "workflow_dispatch"]);
    expect(own.dev).to.deep.include({ with: { stack: "dev" }, uses: "./.github/workflows/drift-stack.yml" });
    expect(own.prod).to.deep.include({ with: { stack: "prod" }, uses: "./.github/workflows/drift-stack.yml" });
    expect(own.issue!.steps).to.have.length(1);
    expect(own.issue!.steps![0]!.uses).to.equal(undefined);
    const groups = ["deploy-stack.yml", "drift-stack.yml"].map((file) => {
      const [job] = Object.values(all.find((each) => each.file === file)!.jobs);
      return (job as unknown as { concurrency: object }).concurrency;
    });
    expect(groups[0]).to.deep.equal(groups[1]);
  });

  it("run the CLI of the SDK's version", () => {
    const file = readFileSync(join(projectRoot, "package.json"), "utf8");
    const sdk = (JSON.parse(file) as { dependencies: Record<string, string> }).dependencies["@pulumi/pulumi"];
    const versions = steps.flatMap(([, { with: inputs }]) => inputs?.["pulumi-version"] ?? []);
    expect(versions).to.deep.equal([sdk, sdk, sdk]);
  });

  it("post a comment from a job that runs nothing of others", () => {
    const { jobs: own } = all.find(({ file }) => file === "preview-comment.yml")!;
    expect(own.comment!.steps).to.have.length(1);
    expect(own.comment!.steps![0]!.uses).to.equal(undefined);
  });
});
