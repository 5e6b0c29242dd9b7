// The script, run whole with commands in the place of the clouds' own that answer as those do and note what they were asked.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";

/** Environments that GitHub has, with what they ask for. */
type Environments = Readonly<Record<string, string>>;

const guarded: Environments = {
  prod: "required_reviewers branch_policy protected_branches",
  "preview-prod": "required_reviewers",
};

describe("Bootstrap: the bootstrap's script", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "bootstrap-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Lines that changed something, in order; what it printed; and how it ended. */
  function run(
    environments: Environments,
    partition = "aws",
  ): { changed: string[]; complaint: string; status: number | null } {
    const [bin, log] = [join(folder, "bin"), join(folder, "log")];
    mkdirSync(bin);
    mkdirSync(join(folder, "github"));
    for (const [name, rules] of Object.entries(environments)) writeFileSync(join(folder, "github", name), rules);
    writeFileSync(log, "");
    const command = (name: string, body: string) => {
      writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    command(
      "gh",
      `if [ "$1 $2" = "api -X" ]; then echo "gh $*" >>"${log}"; echo protected_branches >"${folder}/github/\${4##*/}"
       elif [ "$1" = api ]; then cat "${folder}/github/\${2##*/}"
       else echo "gh $*" >>"${log}"; fi`,
    );
    command(
      "aws",
      `case "$*" in
         *describe-stack-resource*) exit 255 ;;
         *list-open-id*) ;;
         *Backend*) echo s3://state ;;
         *Boundary*) echo arn:${partition}:iam::123456789012:policy/model-serving-boundary ;;
         *) echo "aws $1 $2" >>"${log}" ;;
       esac`,
    );
    command("pulumi", `echo "pulumi $*" >>"${log}"; case "$*" in "stack init prod"*) exit 255 ;; esac`);
    const { status, stderr } = spawnSync(join(projectRoot, "bootstrap/bootstrap.sh"), ["owner/name", "eu-west-1"], {
      encoding: "utf8",
      env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
    });
    return { changed: readFileSync(log, "utf8").trim().split("\n"), complaint: stderr, status };
  }

  it("makes the environments of a stack without protected data, then the roles, then tells GitHub of them, and the workflows' switch last", () => {
    const { changed, complaint, status } = run(guarded);
    expect(status, complaint).to.equal(0);
    const secrets = (stack: string) => `awskms://alias/model-serving-${stack}-secrets?region=eu-west-1`;
    const told = (stack: string) => [
      `pulumi config set --stack ${stack} permissionsBoundary arn:aws:iam::123456789012:policy/model-serving-boundary`,
      `gh variable set AWS_DEPLOY_ROLE --repo owner/name --body arn:aws:iam::123456789012:role/model-serving-${stack}-deploy --env ${stack}`,
      `gh variable set AWS_PREVIEW_ROLE --repo owner/name --body arn:aws:iam::123456789012:role/model-serving-${stack}-preview --env preview-${stack}`,
      `gh variable set AWS_DRIFT_ROLE --repo owner/name --body arn:aws:iam::123456789012:role/model-serving-${stack}-drift --env drift-${stack}`,
    ];
    expect(changed).to.deep.equal([
      "gh api -X PUT repos/owner/name/environments/dev --silent --input -",
      "gh api -X PUT repos/owner/name/environments/preview-dev --silent",
      "gh api -X PUT repos/owner/name/environments/drift-dev --silent --input -",
      "gh api -X PUT repos/owner/name/environments/drift-prod --silent --input -",
      "aws cloudformation deploy",
      "aws cloudformation update-termination-protection",
      "pulumi login s3://state",
      `pulumi stack init dev --secrets-provider ${secrets("dev")}`,
      ...told("dev"),
      `pulumi stack init prod --secrets-provider ${secrets("prod")}`,
      `pulumi stack change-secrets-provider --stack prod ${secrets("prod")}`,
      ...told("prod"),
      "gh variable set AWS_REGION --repo owner/name --body eu-west-1",
      "gh variable set PULUMI_BACKEND_URL --repo owner/name --body s3://state",
    ]);
  });

  it("tells GitHub of roles in the account's own partition", () => {
    const { changed, complaint, status } = run(guarded, "aws-us-gov");
    expect(status, complaint).to.equal(0);
    expect(changed.join("\n")).not.to.contain("arn:aws:");
    expect(changed).to.include(
      "gh variable set AWS_DEPLOY_ROLE --repo owner/name --body arn:aws-us-gov:iam::123456789012:role/model-serving-prod-deploy --env prod",
    );
  });

  const weak: readonly [environment: string, rules: string | undefined, lacks: string][] = [
    ["preview-prod", undefined, "required reviewers"],
    ["preview-prod", "", "required reviewers"],
    ["prod", "required_reviewers", "protected branches"],
    ["prod", "protected_branches", "required reviewers"],
    ["drift-prod", "required_reviewers", "protected branches"],
  ];
  for (const [environment, rules, lacks] of weak) {
    it(`makes no role while the environment ${environment} ${rules === undefined ? "is missing" : `has "${rules}" alone`}`, () => {
      const others = Object.fromEntries(Object.entries(guarded).filter(([name]) => name !== environment));
      const { changed, complaint, status } = run({
        ...others,
        ...(rules === undefined ? {} : { [environment]: rules }),
      });
      expect(status).to.equal(1);
      expect(complaint.trim().split("\n").at(-1)).to.equal(
        `The environment ${environment} of owner/name does not require ${lacks}: set it up as in docs/bootstrap.md, section 1, and run this again.`,
      );
      expect(changed.filter((line) => !line.includes("environments/"))).to.deep.equal([]);
    });
  }
});
