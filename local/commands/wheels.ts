// `npm run wheels`: downloads the Python packages of the pipeline steps for AWS's image and uploads them to the
// training bucket, to be run after each change of the lock file. Only locked files are uploaded; each step verifies
// their digests.

import { join } from "node:path";
import { projectRoot } from "../../graph/evaluate";
import { parseOptions, UsageError } from "../../graph/options";
import { openHome } from "../base/home";
import { fetchWheels, uploadWheels, wheelsPrefix } from "../training/wheel-files";

const usage = `npm run wheels -- --bucket NAME --region NAME

  --bucket NAME     training bucket: $(pulumi stack output sagemakerBucket)
  --region NAME     its region
  --download-only   fetch and check them, upload nothing
  -h, --help        print this

Credentials: those of the environment (eval "$(aws configure export-credentials --format env)").`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    bucket: { type: "string" },
    region: { type: "string" },
    "download-only": { type: "boolean", default: false },
  });
  if (options.help) return say(usage);
  const { bucket, region } = options;
  const location = bucket === undefined || region === undefined ? undefined : { bucket, region };
  if (location === undefined && !options["download-only"])
    throw new UsageError(`--bucket or --region is missing\n\n${usage}`);
  const lock = join(projectRoot, "training/requirements.txt");
  const folder = join(openHome(projectRoot).python, wheelsPrefix(lock).replace("/", "-"));
  const wheels = await fetchWheels(lock, folder);
  say(`${wheels.length} wheels, each with a digest of the lock, in ${folder}`);
  if (location === undefined || options["download-only"]) return;
  const prefix = wheelsPrefix(lock);
  for await (const wheel of uploadWheels({ ...location, prefix }, folder, wheels)) say(`  ${wheel}`);
  say(`Uploaded to s3://${location.bucket}/${prefix}`);
}

main().catch((error: Error) => {
  process.stderr.write(`npm run wheels: ${error.message}\n`);
  process.exitCode = 1;
});
