import type { FSWatcher } from "node:fs";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { watchFolders } from "../../local/base/watch";

describe("watched folders", () => {
  const fs = process.getBuiltinModule("node:fs");
  const { watch } = fs;
  const root = mkdtempSync(join(tmpdir(), "watch-"));
  const [one, other] = ["one", "other"].map((name) => join(root, name)) as [string, string];
  afterEach(() => {
    fs.watch = watch;
  });
  after(() => rmSync(root, { recursive: true }));

  it("go on being watched when one of them no longer can be, which is said in one line", async () => {
    for (const folder of [one, other]) mkdirSync(folder);
    const watchers = new Map<unknown, FSWatcher>();
    fs.watch = ((...args: Parameters<typeof watch>) => {
      const watcher = watch(...args);
      watchers.set(args[0], watcher); // The one for the whole folder is the last that is made for it.
      return watcher;
    }) as typeof watch;
    const lines: string[] = [];
    let changes = 0;
    const count = () => Promise.resolve(void changes++);
    const unwatch = watchFolders([one, other], count, (line) => lines.push(line));
    try {
      watchers.get(one)!.emit("error", new Error("ENOSPC: no space left"));
      expect(lines).to.deep.equal([
        `${one} is no longer watched, so a change there needs a restart: ENOSPC: no space left`,
      ]);
      writeFileSync(join(other, "file"), "");
      for (let tries = 0; changes === 0 && tries < 1_200; tries++) await sleep(100);
      expect(changes).to.equal(1);
    } finally {
      unwatch();
    }
  });
});
