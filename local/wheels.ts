// `npm run wheels`: fetches the packages of the steps for AWS's image and uploads them to the training bucket, once for each
// change of the lock. What is uploaded are the locked files alone, and each step checks their digests again.

import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../graph/evaluate";
import { parseOptions, UsageError } from "../graph/options";
import { openHome } from "./home";
import { awsCall } from "./training/aws-call";
import { findPython } from "./training/python";
import { wheelsPrefix } from "./training/wheels-prefix";

const run = promisify(execFile);

const usage = `npm run wheels -- --bucket NAME --region NAME

  --bucket NAME     training bucket: $(pulumi stack output sagemakerBucket)
  --region NAME     its region
  --download-only   fetch and check them, upload nothing
  -h, --help        print this

Credentials: those of the environment (eval "$(aws configure export-credentials --format env)").`;

/** Python and platform of AWS's scikit-learn image. */
const target = {
  python: "3.10",
  platforms: ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"],
};

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    bucket: { type: "string" },
    region: { type: "string" },
    "download-only": { type: "boolean", default: false },
  });
  if (options.help) return say(usage);
  const lock = join(projectRoot, "training/requirements.txt");
  const folder = join(openHome(projectRoot).python, wheelsPrefix(lock).replace("/", "-"));
  const wheels = await fetched(lock, folder);
  say(`${wheels.length} wheels, each with a digest of the lock, in ${folder}`);
  if (options["download-only"]) return;
  const { bucket, region } = options;
  if (bucket === undefined || region === undefined) throw new UsageError(`--bucket or --region is missing\n\n${usage}`);
  for (const wheel of wheels) {
    await upload(bucket, region, `${wheelsPrefix(lock)}/${wheel}`, readFileSync(join(folder, wheel)));
    say(`  ${wheel}`);
  }
  say(`Uploaded to s3://${bucket}/${wheelsPrefix(lock)}`);
}

/** Names of the wheels in the folder, fetched where they are not. pip refuses any whose digest the lock does not name. */
async function fetched(lock: string, folder: string): Promise<string[]> {
  const { command } = await findPython();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const platforms = target.platforms.flatMap((platform) => ["--platform", platform]);
  const args = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"];
  await run(
    command,
    [...args, "--only-binary=:all:", "--python-version", target.python, ...platforms, "-d", folder, "-r", lock],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  return readdirSync(folder)
    .filter((name) => name.endsWith(".whl"))
    .sort();
}

/** PutObject: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
async function upload(bucket: string, region: string, key: string, body: Buffer): Promise<void> {
  const path = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const answer = await awsCall({ service: "s3", region, method: "PUT", path, body });
  if (!answer.ok) throw new Error(`S3 refused ${key}: ${answer.status}`);
}

main().catch((error: Error) => {
  process.stderr.write(`npm run wheels: ${error.message}\n`);
  process.exitCode = 1;
});
