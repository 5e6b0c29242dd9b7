// The files that the deployment puts into the training bucket: the steps' scripts, the lock file of their packages, and
// the data. Each set is under a prefix named after its digest, so that a run's inputs never change, and a change is a
// new input.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../base/bundle";
import { isLfsPointer, lfsCure } from "../base/git-lfs";
import { userError } from "../base/user-error";
import { prefixes } from "./pipeline/pipeline-definition";

export interface Source {
  /** Key in the bucket. */
  readonly key: string;
  /** Absolute path of the file. */
  readonly file: string;
}

export interface TrainingSources {
  /** Prefix of the scripts, in the bucket. */
  readonly code: string;
  /** Prefix of the data, in the bucket. */
  readonly data: string;
  /**
   * Prefix under which `npm run wheels` puts the packages of the lock file; the lock file is there too, so that it is
   * never empty.
   */
  readonly wheels: string;
  readonly files: readonly Source[];
}

const folder = join(projectRoot, "training");
const lock = "requirements.txt";
/** Scripts that no step runs. */
const notForSteps = new Set(["ship.py"]);

/** @param dataFolder holds the data as `.csv` files @throws pulumi.RunError if it holds none */
export function trainingSources(dataFolder = join(folder, "data")): TrainingSources {
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".py") && !notForSteps.has(name));
  const code = at(prefixes.code, folder, [...scripts.sort(), lock]);
  const tables = existsSync(dataFolder) ? readdirSync(dataFolder).filter((name) => name.endsWith(".csv")) : [];
  if (tables.length === 0) {
    throw userError(
      "training/data: contains no .csv file to train on: put one there, with the columns of training/schema.py",
    );
  }
  const pointer = tables.find((name) => isLfsPointer(join(dataFolder, name)));
  if (pointer !== undefined)
    throw userError(`training/data: ${pointer} is a Git LFS pointer instead of the data: ${lfsCure}`);
  const data = at(prefixes.data, dataFolder, tables.sort());
  const wheels = at(prefixes.wheels, folder, [lock]);
  return {
    code: code.prefix,
    data: data.prefix,
    wheels: wheels.prefix,
    files: [...code.files, ...data.files, ...wheels.files],
  };
}

function at(prefix: string, from: string, names: readonly string[]): { prefix: string; files: Source[] } {
  const hash = createHash("sha256");
  for (const name of names)
    hash.update(`${name}\0`).update(
      createHash("sha256")
        .update(readFileSync(join(from, name)))
        .digest(),
    );
  const digestPrefix = `${prefix}/${hash.digest("hex").slice(0, 16)}`;
  return {
    prefix: digestPrefix,
    files: names.map((name) => ({ key: `${digestPrefix}/${name}`, file: join(from, name) })),
  };
}
