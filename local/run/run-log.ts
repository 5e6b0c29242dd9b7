// Where the log lines of a run go: all of them to a file, and one short line per request to the console.

import { createWriteStream, mkdirSync, type WriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LogLine } from "../functions/environments/log-lines";

/** Receives the log lines. It is called for each request, so it must be quick. No credential reaches it. */
export interface RunLog {
  function(line: LogLine): void;
  access(api: string, line: string): void;
  error(api: string, requestId: string, reason: string): void;
}

/** Size in bytes at which writing to the file stops: a load test must not fill the disk. */
const largestFile = 100 * 1024 * 1024;

export class FileLog implements RunLog {
  readonly file: string;
  private readonly stream: WriteStream;
  private bytes = 0;

  /**
   * @param shared whether another run of the stack writes to the file: then it is not emptied, and the lines interleave
   * @param show prints a line to the console
   */
  constructor(
    folder: string,
    stack: string,
    shared: boolean,
    private readonly show: (line: string) => void,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.file = join(folder, `${stack}.log`);
    // Emptied of the runs before, then only appended to: of two runs that share the file, no line is lost.
    writeFileSync(this.file, "", { mode: 0o600, flag: shared ? "a" : "w" });
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

  error(api: string, requestId: string, reason: string): void {
    this.write(`${api} ${requestId} ${reason}`);
    this.show(`    ${reason}`);
  }

  private write(line: string): void {
    if (this.bytes >= largestFile) return;
    this.bytes += line.length + 1;
    this.stream.write(`${line}\n`);
  }
}
