// The steps' packages as wheels for AWS's image: downloads those that the lock names, and uploads them to where a
// deployed pipeline's steps read them.

import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, basename } from "node:path";
import { promisify } from "node:util";
import { awsCall } from "./aws-call";
import { findPython } from "./jobs/python";
import { createHash } from "node:crypto";

const run = promisify(execFile);

/** Python and platform of AWS's scikit-learn image. */
const target = {
  python: "3.10",
  platforms: ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"],
};

/** Where the wheels are uploaded to. `prefix` comes from `wheelsPrefix`. */
export interface WheelsLocation {
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string;
}

/**
 * Downloads the wheels that the folder lacks; pip rejects any whose digest is not in the lock.
 * @returns the names of all wheels in the folder, sorted
 * @throws NoPython; Error if pip fails
 */
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

/**
 * Uploads the files one by one.
 * @yields the name of each wheel once it is uploaded
 * @throws Error naming the key that S3 rejected
 */
export async function* uploadWheels(
  { bucket, region, prefix }: WheelsLocation,
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
  const response = await awsCall({ service: "s3", region, method: "PUT", path, body });
  if (!response.ok) throw new Error(`S3 refused ${key}: ${response.status}`);
}

// Key prefix of a lock's wheels in the training bucket. The deployment computes the same prefix from the same file; a
// test compares the two.

/** @returns `wheels/<16 hex digits>`, derived from the lock's name and content */
export function wheelsPrefix(lock: string): string {
  const content = createHash("sha256").update(readFileSync(lock)).digest();
  const digest = createHash("sha256")
    .update(`${basename(lock)}\0`)
    .update(content)
    .digest("hex");
  return `wheels/${digest.slice(0, 16)}`;
}
