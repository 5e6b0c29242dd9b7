// What exists in the simulated cloud: a folder with one file per resource, shared by the provider processes of one run
// and of the next. Like a real cloud it refuses a second resource with the same type and id.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A resource that exists in the simulated cloud. */
export interface Standing {
  readonly type: string;
  readonly id: string;
}

/**
 * Types whose creation is a PUT, which overwrites an existing resource. All other types refuse an id that is taken.
 * Source: https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html (one per account, only ever updated)
 */
const overwriting = new Set(["aws:apigateway/account:Account", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"]);

export class Cloud {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Counts a creation for a URN. @returns 1 for the first resource, 2 for its first replacement, and so on */
  nextGeneration(urn: string): number {
    const file = join(this.folder, `${digest(urn)}.generations`);
    appendFileSync(file, ".");
    return readFileSync(file).length;
  }

  /**
   * Creates a resource in the cloud.
   * @throws Error if one with this type and id exists: a replacement is created before the old resource is deleted, or an
   *   `up` has lost its state
   */
  add(type: string, id: string): void {
    try {
      writeFileSync(this.file(type, id), `${type}\n${id}`, { flag: overwriting.has(type) ? "w" : "wx" });
    } catch (error) {
      throw new Error(`${type}: one with the id ${id} already exists`, { cause: error });
    }
  }

  /** All existing resources, sorted by type. */
  standing(): Standing[] {
    const files = readdirSync(this.folder).filter((file) => file.endsWith(".thing"));
    const things = files.map((file) => readFileSync(join(this.folder, file), "utf8").split("\n") as [string, string]);
    return things.map(([type, id]) => ({ type, id })).sort((a, b) => a.type.localeCompare(b.type));
  }

  /** Deletes a resource; like in AWS, it is not an error if it no longer exists. */
  remove(type: string, id: string): void {
    rmSync(this.file(type, id), { force: true });
  }

  /** Whether a resource exists. */
  has(type: string, id: string): boolean {
    return existsSync(this.file(type, id));
  }

  /** Changes inputs of the resources of this logical name, as someone does who goes around Pulumi. */
  change(name: string, inputs: Readonly<Record<string, unknown>>): void {
    writeFileSync(join(this.folder, `${name}.changed`), JSON.stringify(inputs));
  }

  /** What was changed in that way. */
  changesOf(name: string): Readonly<Record<string, unknown>> {
    const file = join(this.folder, `${name}.changed`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : {};
  }

  /** Records that a call about a resource of this name was left unanswered. */
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
