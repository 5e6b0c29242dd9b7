// Where the log lines of a run go: all of them to a file, and one short line per request to the console.

import { mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { LogLine } from "../functions/environments/log-lines";
import type { LogRecord } from "../base/log-record";

/** Receives the log lines. It is called for each request, so it must be quick. No credential reaches it. */
export interface RunLog {
  function(line: LogLine): void;
  /** @param record what the line holds, read once for all who ask */
  access(api: string, line: string, record: LogRecord): void;
  error(api: string, requestId: string, reason: string): void;
}

/** Size in bytes at which writing to the file stops: a load test must not fill the disk. */
const largestFile = 100 * 1024 * 1024;

/** Milliseconds after which a line is in the file, with those that came in between: a write for each costs as much as a request's TLS. */
const writeAfterMs = 50;
/** Characters at which they are written at once. */
const mostKept = 256 * 1024;

/** Logs with lines that are not in their files yet. */
const unwritten = new Set<FileLog>();
process.on("exit", () => {
  for (const log of unwritten) log.flush();
});

export class FileLog implements RunLog {
  readonly file: string;
  private readonly descriptor: number;
  private bytes = 0;
  private kept = "";
  private timer: NodeJS.Timeout | undefined;

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
    this.descriptor = openSync(this.file, "a", 0o600);
  }

  function(line: Parameters<RunLog["function"]>[0]): void {
    this.write(`${line.functionName} ${line.text}`);
  }

  access(api: string, line: string, record: LogRecord): void {
    this.write(`${api} ${line}`);
    if (record === undefined) return this.show(line);
    const { method, route, status, latencyMs, error } = record as Record<string, string>;
    const reason = error === undefined || error === "-" ? "" : ` (${error})`;
    this.show(`${status} ${method} ${route} ${latencyMs} ms${reason}`);
  }

  error(api: string, requestId: string, reason: string): void {
    this.write(`${api} ${requestId} ${reason}`);
    this.show(`    ${reason}`);
  }

  /** Writes what is not in the file yet. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    unwritten.delete(this);
    const bytes = Buffer.from(this.kept);
    this.kept = "";
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at);
    } catch {
      this.bytes = largestFile; // A full disk must not end the run.
    }
  }

  private write(line: string): void {
    if (this.bytes >= largestFile) return;
    this.bytes += line.length + 1;
    this.kept += `${line}\n`;
    if (this.kept.length >= mostKept) return this.flush();
    if (this.timer !== undefined) return;
    unwritten.add(this);
    this.timer = setTimeout(() => this.flush(), writeAfterMs).unref();
  }
}
