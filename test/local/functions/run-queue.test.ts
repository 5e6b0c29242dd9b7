import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { runQueueMs } from "../../../local/functions/environments/run-queue";

describe("the time that a process waits for a core", () => {
  const busy: ChildProcess[] = [];
  afterEach(() => {
    for (const each of busy.splice(0)) each.kill("SIGKILL");
  });

  it("grows where more processes are busy than there are cores", async function () {
    if (process.platform !== "linux") return void this.skip();
    for (let count = 0; count <= 2 * availableParallelism(); count++)
      busy.push(spawn("/bin/sh", ["-c", "while :; do :; done"], { stdio: "ignore" }));
    const [{ pid }] = busy as [ChildProcess];
    for (let tries = 0; tries < 6_000 && runQueueMs(pid) < 20; tries++) await sleep(10);
    expect(runQueueMs(pid)).to.be.at.least(20);
  });

  it("is nothing for one that sleeps, and for one that has ended", async () => {
    const asleep = spawn("sleep", ["60"], { stdio: "ignore" });
    busy.push(asleep);
    await sleep(100);
    const before = runQueueMs(asleep.pid);
    await sleep(200);
    expect(runQueueMs(asleep.pid)).to.equal(before);
    asleep.kill("SIGKILL");
    await new Promise((resolve) => asleep.once("exit", resolve));
    expect(runQueueMs(asleep.pid)).to.equal(0);
    expect(runQueueMs(undefined)).to.equal(0);
  });
});
