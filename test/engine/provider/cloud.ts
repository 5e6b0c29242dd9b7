// What exists in the simulated cloud: a folder with one file a thing, so that the provider processes of one run, and of
// the next, see the same world. It refuses what a real one refuses: a second thing of a name that is taken.

import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
  add(type: string, id: string, urn: string): void {
    try {
      writeFileSync(this.file(type, id), `${type}\n${id}\n${urn}\n`, { flag: "wx" });
    } catch (error) {
      throw new Error(`${type}: one with the id ${id} already exists`, { cause: error });
    }
  }

  /** Removes a thing; one that is gone already is no fault, as in AWS. */
  remove(type: string, id: string): void {
    rmSync(this.file(type, id), { force: true });
  }

  private file(type: string, id: string): string {
    return join(this.folder, `${digest(`${type} ${id}`)}.thing`);
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
