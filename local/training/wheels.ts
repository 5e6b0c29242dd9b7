// The packages of the steps as files for AWS's image: fetched by the lock, and put where a deployment's steps read them.

import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { awsCall } from "./aws-call";
import { findPython } from "./python";

const run = promisify(execFile);

/** Python and platform of AWS's scikit-learn image. */
const target = {
  python: "3.10",
  platforms: ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"],
};

/** Where they go: the prefix is that of the lock. */
export interface WheelsPlace {
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string;
}

/** Names of the wheels in the folder, fetched where they are not. pip refuses any whose digest the lock does not name. */
export async function fetchWheels(lock: string, folder: string): Promise<string[]> {
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

/** Uploads the files one by one. @yields the name of each that lies there @throws Error naming the one that S3 refused */
export async function* uploadWheels(
  { bucket, region, prefix }: WheelsPlace,
  folder: string,
  wheels: readonly string[],
): AsyncGenerator<string> {
  for (const wheel of wheels) {
    await upload(bucket, region, `${prefix}/${wheel}`, readFileSync(join(folder, wheel)));
    yield wheel;
  }
}

/** PutObject: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
async function upload(bucket: string, region: string, key: string, body: Buffer): Promise<void> {
  const path = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const answer = await awsCall({ service: "s3", region, method: "PUT", path, body });
  if (!answer.ok) throw new Error(`S3 refused ${key}: ${answer.status}`);
}
