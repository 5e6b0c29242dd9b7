// What exists in the simulated cloud: a folder with one file a thing, so that the provider processes of one run, and of
// the next, see the same world. It refuses what a real one refuses: a second thing of a name that is taken.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Something that stands in the simulated cloud. */
export interface Standing {
  readonly type: string;
  readonly id: string;
}

/**
 * Types whose creation is a PUT, which overwrites what stands. Of the rest, two of one id cannot be.
 * Source: https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html (one per account, only ever updated)
 */
const overwriting = new Set(["aws:apigateway/account:Account", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"]);

export class Cloud {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Counts that something is made for a URN: 1 at first, 2 for its first replacement. */
  nextGeneration(urn: string): number {
    const file = join(this.folder, `${digest(urn)}.generations`);
    appendFileSync(file, ".");
    return readFileSync(file).length;
  }

  /**
   * Puts a thing into the cloud.
   * @throws Error where a thing of this type and id exists: a replacement made before the old one is gone, or an `up`
   * that lost its state.
   */
  add(type: string, id: string): void {
    try {
      writeFileSync(this.file(type, id), `${type}\n${id}`, { flag: overwriting.has(type) ? "w" : "wx" });
    } catch (error) {
      throw new Error(`${type}: one with the id ${id} already exists`, { cause: error });
    }
  }

  /** All that stands, in the order of the types. */
  standing(): Standing[] {
    const files = readdirSync(this.folder).filter((file) => file.endsWith(".thing"));
    const things = files.map((file) => readFileSync(join(this.folder, file), "utf8").split("\n") as [string, string]);
    return things.map(([type, id]) => ({ type, id })).sort((a, b) => a.type.localeCompare(b.type));
  }

  /** Removes a thing; one that is gone already is no fault, as in AWS. */
  remove(type: string, id: string): void {
    rmSync(this.file(type, id), { force: true });
  }

  /** Notes that a call was left unanswered. */
  noteHanging(name: string): void {
    writeFileSync(join(this.folder, `${name}.hanging`), "");
  }

  /** Whether a call about a resource of this name was left unanswered. */
  hangs(name: string): boolean {
    return existsSync(join(this.folder, `${name}.hanging`));
  }

  private file(type: string, id: string): string {
    return join(this.folder, `${digest(`${type} ${id}`)}.thing`);
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
