// One execution environment: a process that runs one function, one invocation at a time. It is a process and not a
// worker thread, because native code that aborts or is interrupted takes its whole process down.

import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { FrameReader, frame, type Payload } from "../runtime/frame";
import { readLines, type LogLine } from "./log-lines";
import { heapLimit } from "../runtime/memory";
import { frameLimit, type InvocationHead, type FunctionError, type ReplyHead } from "../runtime/messages";
import type { OrphanCleanup } from "./orphan-cleanup";

/** What an environment is started with. */
export interface Launch {
  /** Path of the Node.js that runs it. */
  readonly node: string;
  /** Path of the bundled runtime (child.ts). */
  readonly runtime: string;
  /** Path of the folder with the function's code. */
  readonly taskRoot: string;
  readonly functionName: string;
  /** The complete environment of the process: nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  /** In MB. */
  readonly memorySize: number;
  /** Port at which debuggers find the process once `inspect` has been called. */
  readonly inspectorPort?: number;
}

/** What Node writes to stderr when it listens for debuggers, or cannot. */
const inspectorLine = /^(Debugger listening on ws:|Starting inspector on .* failed)/;

/**
 * Longest wait in milliseconds for an exited process's pipes to close: a descendant outside its group may hold them.
 */
const lastWordsMs = 5_000;

/**
 * How an invocation ended. `ended`: the process exited; `how` says why, as Lambda words it, and is undefined for status
 * 0.
 */
export type EnvironmentResult =
  | { readonly kind: "result"; readonly payload: unknown }
  | { readonly kind: "error"; readonly error: FunctionError }
  | { readonly kind: "ended"; readonly how: string | undefined };

export class Environment {
  readonly pid: number | undefined;
  /** Resolves when initialisation ends: with undefined on success, otherwise with the error. */
  readonly initialised: Promise<FunctionError | undefined>;
  /** Resolves when the process has exited and its output has been read. */
  readonly gone: Promise<void>;
  /** The process is ending or has exited: send it no more invocations. */
  ending = false;

  private readonly process: ChildProcess;
  private readonly socket: Socket;
  private finish: ((outcome: EnvironmentResult) => void) | undefined;
  private settleInit!: (error: FunctionError | undefined) => void;
  private inspectorAnswered: () => void = () => undefined;

  constructor(launch: Launch, cleanup: OrphanCleanup, log: (line: LogLine) => void) {
    this.initialised = new Promise((resolve) => (this.settleInit = resolve));
    const { inspectorPort: port } = launch;
    const inspector = port === undefined ? [] : [`--inspect-port=127.0.0.1:${port}`];
    const options = [`--max-old-space-size=${heapLimit(launch.memorySize)}`, ...inspector];
    this.process = spawn(launch.node, [...options, launch.runtime], {
      cwd: launch.taskRoot,
      env: launch.variables,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      // A process group of its own: Ctrl-C in the terminal does not reach it, and killing it kills descendants too.
      detached: true,
    });
    this.pid = this.process.pid;
    if (this.pid !== undefined) cleanup.watch(this.pid);
    this.socket = this.process.stdio[3] as Socket;
    for (const stream of ["stdout", "stderr"] as const) {
      readLines(this.process[stream]!, (text) => {
        log({ functionName: launch.functionName, stream, text });
        if (port !== undefined && inspectorLine.test(text)) this.inspectorAnswered();
      });
    }
    const reader = new FrameReader(frameLimit, (head, payload) => {
      this.receive(head as ReplyHead, payload);
    });
    this.socket.on("data", (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        this.kill(); // Not a frame of the runtime: the function's own code wrote to the socket.
      }
    });
    this.socket.on("error", () => undefined);
    this.gone = new Promise((resolve) => {
      const over = (how: string | undefined): void => {
        this.settleInit({ errorType: "Runtime.ExitError", errorMessage: exitMessage(how) });
        this.settle({ kind: "ended", how });
        resolve();
      };
      this.process.on("exit", (code, signal) => {
        this.kill(); // Descendants of the function must not outlive it.
        cleanup.forget(this.pid!);
        const how = signal === null ? (code === 0 ? undefined : `exit status ${code}`) : signalText(signal);
        // Output may still be in the pipes: "close" is emitted once they have been read to the end.
        const patience = setTimeout(over, lastWordsMs, how);
        this.process.on("close", () => {
          clearTimeout(patience);
          over(how);
        });
      });
      this.process.on("error", () => {
        this.ending = true;
        if (this.pid === undefined) over("the process did not start");
      });
    });
  }

  /** Runs the handler; one invocation at a time. `finish` is called once, asynchronously. */
  invoke(head: InvocationHead, event: Payload, finish: (outcome: EnvironmentResult) => void): void {
    this.finish = finish;
    this.socket.write(frame(head, event));
  }

  /**
   * Makes a process that was given a port listen there for debuggers. Called after its initialisation: earlier, the signal could
   * end it. Source: https://nodejs.org/api/process.html#signal-events (SIGUSR1)
   * @returns fulfilled when it listens or says that it cannot, or has ended
   */
  inspect(): Promise<void> {
    return new Promise((resolve) => {
      this.inspectorAnswered = resolve;
      void this.gone.then(resolve);
      this.process.kill("SIGUSR1");
    });
  }

  /** Kills the process and its descendants immediately. */
  kill(): void {
    this.ending = true;
    if (this.pid !== undefined) killGroup(this.pid);
  }

  private receive(head: ReplyHead, payload: unknown): void {
    if (head.kind === "ready") this.settleInit(undefined);
    else if (head.kind === "result") this.settle({ kind: "result", payload });
    else {
      if (head.kind !== "error") this.ending = true;
      if (head.kind === "init-error") this.settleInit(head.error);
      this.settle({ kind: "error", error: head.error });
    }
  }

  private settle(outcome: EnvironmentResult): void {
    const finish = this.finish;
    this.finish = undefined;
    finish?.(outcome);
  }
}

/** Message of `Runtime.ExitError`. @param how as in `Outcome` */
export function exitMessage(how: string | undefined): string {
  return how === undefined ? "Runtime exited without providing a reason" : `Runtime exited with error: ${how}`;
}

function signalText(signal: NodeJS.Signals): string {
  const descriptions: Partial<Record<NodeJS.Signals, string>> = {
    SIGABRT: "aborted (core dumped)",
    SIGBUS: "bus error (core dumped)",
    SIGKILL: "killed",
    SIGSEGV: "segmentation fault (core dumped)",
    SIGTERM: "terminated",
    SIGTRAP: "trace/breakpoint trap (core dumped)",
  };
  return `signal: ${descriptions[signal] ?? signal}`;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
