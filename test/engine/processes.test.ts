import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { descendants, killWithDescendants } from "./processes";

describe("A process of the engine that is killed", () => {
  it("takes along what it started, in whatever group that stands", async () => {
    // A child that starts another and leaves its own group, as the engine's plugins do; each prints its id.
    const script = `const { spawn } = require("node:child_process");
      const deeper = process.argv[1] === "1" ? undefined : spawn(process.execPath, ["-e", process.env.SCRIPT, "1"], { detached: true, stdio: "inherit" });
      console.log(process.pid); setInterval(() => undefined, 1000);`;
    const first = spawn(process.execPath, ["-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { SCRIPT: script },
    });
    let printed = "";
    while (printed.trim().split("\n").length < 2) printed += String((await once(first.stdout, "data"))[0]);
    const pids = printed.trim().split("\n").map(Number);
    const child = pids.find((pid) => pid !== first.pid)!;
    expect(descendants(first.pid!)).to.deep.equal([child]);
    const ended = once(first, "close"); // Its output ends when the last that holds it has ended.
    killWithDescendants(first.pid!);
    await ended;
    expect(first.signalCode).to.equal("SIGKILL");
    expect(descendants(first.pid!)).to.deep.equal([]);
  });
});
