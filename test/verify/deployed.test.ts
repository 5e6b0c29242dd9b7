// `npm run verify` as it runs against a deployed stack. A local run answers in the stack's place, and stand-ins of the
// Pulumi and AWS CLIs tell what those would.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { startRun } from "../../local/run/run";
import { servedStack, type ServedStack } from "../../local/run/served-stack";
import { runCommand } from "../run-commands";

/** What a stand-in answers, by the words that its command begins with; any other command fails. */
type Answers = Readonly<Record<string, unknown>>;

interface Deployed {
  /** Settings that the stack was deployed with, and those that it is verified with besides. */
  readonly set?: Readonly<Record<string, unknown>>;
  verifiedWith?(served: ServedStack): Readonly<Record<string, string>>;
  answers?(served: ServedStack): Answers;
  environment?(served: ServedStack): Readonly<Record<string, string>>;
  readonly options?: readonly string[];
}

interface Reported {
  readonly holds: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly standing: readonly { readonly outcome: string; readonly text: string }[];
  readonly cells: readonly {
    readonly credential: string;
    readonly place: string;
    readonly outcome: string;
    readonly note: string;
  }[];
}

const unthrottled = { keyRateLimit: 10_000, keyBurstLimit: 5_000, apiRateLimit: 10_000, apiBurstLimit: 5_000 };
const silent = { function: () => undefined, access: () => undefined, error: () => undefined };
const credentialsOf = ({ apis }: ServedStack) => apis[0]!.credentials;

describe("Verification of a deployed stack", () => {
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), "verify-"))));
  after(() => rmSync(folder, { recursive: true }));

  function standIn(tool: string, answers: Answers): void {
    const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
    const cases = Object.entries(answers).map(
      ([words, answer]) => `${quoted(words)}*) echo ${quoted(JSON.stringify(answer))}; exit ;;`,
    );
    const script = `#!/bin/sh\nline="${tool} $*"\necho "$line" >> ${quoted(join(folder, "asked"))}\ncase "$line" in\n${cases.join("\n")}\nesac\necho 'it is refused' >&2\nexit 255\n`;
    writeFileSync(join(folder, tool), script, { mode: 0o755 });
  }

  async function verified({ set = {}, verifiedWith, answers, environment, options = [] }: Deployed) {
    const run = await startRun({ stack: "dev", set: { ...set, ...unthrottled }, port: 0, log: silent });
    try {
      const served = servedStack(run, {});
      standIn("pulumi", { "pulumi stack output --json --non-interactive --stack dev": served.outputs });
      standIn("aws", answers?.(served) ?? {});
      writeFileSync(join(folder, "asked"), "");
      const settings = Object.entries({ ...set, ...verifiedWith?.(served) });
      const sets = settings.flatMap(([key, value]) => ["--set", `${key}=${String(value)}`]);
      const args = ["--stack", "dev", ...sets, "--ca", run.ca, "--rate", "100", ...options];
      const env = { PATH: [folder, "/nowhere"].join(delimiter), HOME: folder, ...environment?.(served) };
      const { code, stdout, stderr } = await runCommand("verify/cli.ts", [...args, "--json"], env);
      for (const secret of secretsOf(served))
        expect(`${stdout}${stderr}`, "a secret is printed").not.to.contain(secret);
      expect(stderr).to.equal("");
      return { code, report: JSON.parse(stdout) as Reported, asked: readFileSync(join(folder, "asked"), "utf8") };
    } finally {
      await run.close();
    }
  }

  /** Of each credential on a route, its outcome and where it comes from, or why it was not tried. */
  function credentials({ cells }: Reported): Record<string, string> {
    const routes = cells.filter(({ place }) => place === "route");
    return Object.fromEntries(routes.map(({ credential, outcome, note }) => [credential, `${outcome}: ${note}`]));
  }

  it("takes the API key from AWS, and only reads there", async () => {
    const { code, report, asked } = await verified({
      answers: (served) => ({ "aws apigateway get-api-key --api-key": { value: credentialsOf(served).apiKey } }),
    });
    expect(credentials(report)).to.deep.equal({
      nothing: "as expected: ",
      "wrong key": "as expected: made here",
      "key over quota":
        "not tried: it would use up the key's quota: give a key without any left (VERIFY_SPENT_API_KEY)",
      "all right": "as expected: aws apigateway get-api-key",
    });
    expect(report.holds).to.equal(true);
    expect(code).to.equal(0);
    for (const line of asked.trim().split("\n").slice(1)) expect(line).to.match(/^aws [\w-]+ (get|describe)-/);
  });

  it("says of each credential that it has not why, and fails with --require-all alone", async () => {
    const { code, report } = await verified({});
    expect(credentials(report)["all right"]).to.equal("not tried: aws apigateway get-api-key: it is refused");
    expect(credentials(report).nothing).to.equal("as expected: ");
    expect(code).to.equal(0);
    expect((await verified({ options: ["--require-all"] })).code).to.equal(1);
  });

  it("signs with roles and profiles that the environment names", async () => {
    const key = ({ accessKeyId, secretAccessKey }: ServedStack["signers"]["caller"]) => ({
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
    });
    const { code, report } = await verified({
      set: { apiGatewayAuth: "iam" },
      answers: ({ signers }) => ({
        "aws sts assume-role --role-arn arn:aws:iam::123456789012:role/caller": { Credentials: key(signers.caller) },
        "aws configure export-credentials --profile stranger": key(signers.stranger),
      }),
      environment: () => ({ VERIFY_CALLER: "arn:aws:iam::123456789012:role/caller", VERIFY_STRANGER: "stranger" }),
    });
    expect(credentials(report)).to.include({
      "badly signed": "as expected: VERIFY_CALLER, another secret key",
      "well signed by a stranger": "as expected: VERIFY_STRANGER",
      "signed in another account":
        "not tried: no principal of another account: give a profile or a role's ARN (VERIFY_OTHER_ACCOUNT)",
      "all right": "as expected: VERIFY_CALLER",
    });
    expect(code).to.equal(0);
  });

  it("gets a token from the issuer, and forges those that need no key of it", async () => {
    const { code, report } = await verified({
      set: { apiGatewayAuth: "lambda" },
      verifiedWith: ({ outputs }) => ({
        oidcIssuer: String(outputs.oidcIssuer),
        oidcAudience: String(outputs.oidcAudience),
      }),
      environment: (served) => ({
        VERIFY_OIDC_CLIENT_ID: credentialsOf(served).clientId!,
        VERIFY_OIDC_CLIENT_SECRET: credentialsOf(served).clientSecret!,
      }),
    });
    const found = credentials(report);
    for (const kind of ["alg none", "HS256, public key", "foreign key, same kid", "unknown key", "wrong issuer"])
      expect(found[kind], kind).to.equal("as expected: made here");
    expect(found["all right"]).to.equal("as expected: VERIFY_OIDC_CLIENT_SECRET");
    expect(found["expired token"]).to.equal("not tried: only the issuer can sign it (VERIFY_OIDC_EXPIRED_TOKEN)");
    expect(code).to.equal(0);
  });

  it("reads the app client's secret of a user pool from AWS", async () => {
    const { code, report } = await verified({
      set: { apiGatewayAuth: "cognito" },
      answers: (served) => ({
        "aws cognito-idp describe-user-pool-domain": { DomainDescription: { UserPoolId: "us-east-1_pool" } },
        "aws cognito-idp describe-user-pool-client --user-pool-id us-east-1_pool": {
          UserPoolClient: { ClientSecret: credentialsOf(served).clientSecret },
        },
      }),
    });
    expect(credentials(report)["all right"]).to.equal("as expected: aws cognito-idp describe-user-pool-client");
    expect(code).to.equal(0);
  });

  it("fails where other settings were deployed than those of the checkout", async () => {
    const { code, report } = await verified({ set: {}, verifiedWith: () => ({ apiGatewayAuth: "iam" }) });
    expect(report.standing[0]).to.deep.include({ outcome: "more" });
    expect(report.standing[0]!.text).to.contain("the output apiGatewayAuth is apiKey, and the matrix is for iam");
    expect(code).to.equal(1);
  });
});

/** What must not be printed. */
function secretsOf({ apis, signers }: ServedStack): string[] {
  const keys = Object.values(signers).map(({ secretAccessKey }) => secretAccessKey);
  const own = apis.flatMap(({ credentials: { apiKey, clientSecret, token } }) => [apiKey, clientSecret, token]);
  return [...keys, ...own].filter((secret) => secret !== undefined);
}
