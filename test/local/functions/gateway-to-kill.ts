// A process that runs a function and that a test kills; sends the pid of the function's own process to the test.

import { LocalFunctions } from "../../../local/functions/local-functions";
import { arnOf, graphOf, lambda } from "./program";

const [what, workDirectory] = process.argv.slice(2);

async function main(): Promise<void> {
  const code = `exports.handler = async (event) => { if (event === "loop") { process.stdout.write("looping\\n"); for (;;); } return process.pid }`;
  let looping = (): void => undefined;
  const functions = await LocalFunctions.start(graphOf(lambda("one", code, { timeout: 600 })), {
    workDirectory: workDirectory!,
    projectRoot: process.cwd(),
    log: () => {
      looping();
    },
  });
  const answer = (await functions.invoke(arnOf("one"), "pid", { timeoutMs: 5000 })) as { payload: number };
  if (what === "loop") {
    const started = new Promise<void>((resolve) => (looping = resolve));
    void functions.invoke(arnOf("one"), "loop", { timeoutMs: 600_000 });
    await started;
  }
  process.send!(answer.payload);
}

void main();
