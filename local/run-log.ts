// Where the lines of a run go: all of them into a file, and one short line a call to the console.

import { createWriteStream, mkdirSync, type WriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LogLine } from "./functions/log-lines";

/** Hears what happens; called for each request, so it must be quick. No credential reaches it. */
export interface RunLog {
  function(line: LogLine): void;
  access(api: string, line: string): void;
  fault(api: string, requestId: string, reason: string): void;
}

/** The file is not written beyond this many bytes: a load test must not fill a disk. */
const largestFile = 100 * 1024 * 1024;

export class FileLog implements RunLog {
  readonly file: string;
  private readonly stream: WriteStream;
  private bytes = 0;

  /** @param show receives the console's lines */
  constructor(
    folder: string,
    stack: string,
    private readonly show: (line: string) => void,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.file = join(folder, `${stack}.log`);
    // Emptied, then only appended to: where two runs of a stack share the file, their lines interleave and none is cut.
    writeFileSync(this.file, "", { mode: 0o600 });
    this.stream = createWriteStream(this.file, { flags: "a", mode: 0o600 });
    // A full disk must not end the run.
    this.stream.on("error", () => (this.bytes = largestFile));
  }

  function(line: Parameters<RunLog["function"]>[0]): void {
    this.write(`${line.functionName} ${line.text}`);
  }

  access(api: string, line: string): void {
    this.write(`${api} ${line}`);
    try {
      const { method, route, status, latencyMs, error } = JSON.parse(line) as Record<string, string>;
      const reason = error === undefined || error === "-" ? "" : ` (${error})`;
      this.show(`${status} ${method} ${route} ${latencyMs} ms${reason}`);
    } catch {
      this.show(line);
    }
  }

  fault(api: string, requestId: string, reason: string): void {
    this.write(`${api} ${requestId} ${reason}`);
    this.show(`    ${reason}`);
  }

  private write(line: string): void {
    if (this.bytes >= largestFile) return;
    this.bytes += line.length + 1;
    this.stream.write(`${line}\n`);
  }
}
