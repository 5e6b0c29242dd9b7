// The program that runs in a function's process: it loads the handler, then takes one invocation at a time from the
// gateway, like Lambda's Node.js runtime. It is bundled into one file, so that it starts about as fast as an empty Node
// process.
//
// Unlike on Lambda, the process is not frozen between invocations, runs this machine's Node version, has neither
// credentials nor the permissions of its role, and finds its code in a local folder instead of a read-only `/var/task`.

import { Socket } from "node:net";
import { FrameReader, frame, payloadOf, type Payload } from "./frame";
import { residentLimit } from "./memory";
import {
  frameLimit,
  responseLimit,
  type InvocationHead,
  type ReplyHead,
  errorLine,
  functionError,
  RuntimeError,
} from "./messages";
import { loadHandler, type Handler, contextOf } from "./handler";

/** For a 5 MB event, reads of this size took a third of the time of Node's default of 64 KB. */
const readBuffer = 256 * 1024;

/** Peak resident set size in KB. On Linux it may start at the parent's peak, which survives exec. */
const peak = (): number => process.resourceUsage().maxRSS;
const peakAllowed = Math.max(residentLimit(Number(process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])) / 1024, peak());

let requestId = "";
let handler: Handler;

const reader = new FrameReader(frameLimit, (head, payload) => void run(head as InvocationHead, payload));
const gateway = new Socket({
  fd: 3,
  readable: true,
  writable: true,
  onread: {
    buffer: Buffer.allocUnsafeSlow(readBuffer),
    callback: (length, buffer) => {
      reader.push(buffer, length);
      return true;
    },
  },
});
// The gateway is gone, for whatever reason: the function must end with it.
gateway.on("close", () => process.exit(0));
gateway.on("error", () => process.exit(0));

process.on("uncaughtException", (thrown: unknown) => {
  end("fatal", thrown, "Uncaught Exception");
});
process.on("unhandledRejection", (reason: unknown) => {
  end(
    "fatal",
    new RuntimeError("Runtime.UnhandledPromiseRejection", functionError(reason).errorMessage),
    "Uncaught Exception",
  );
});

// Writes block, as on Lambda: otherwise a long line is lost if the process ends right after it.
for (const stream of [process.stdout, process.stderr] as {
  _handle?: { setBlocking?: (blocking: boolean) => void };
}[]) {
  stream._handle?.setBlocking?.(true);
}

// Lambda's, whatever this machine's is: it decides who else may read the files that a function writes.
process.umask(0o022);

void start();

async function start(): Promise<void> {
  try {
    handler = await loadHandler(process.env["LAMBDA_TASK_ROOT"]!, process.env["_HANDLER"]!);
  } catch (thrown) {
    end("init-error", thrown, "Init Error");
    return;
  }
  gateway.resume();
  send({ kind: "ready" });
}

async function run(invocation: InvocationHead, event: unknown): Promise<void> {
  requestId = invocation.requestId;
  process.env["_X_AMZN_TRACE_ID"] = traceId();
  let payload: Payload;
  try {
    payload = resultPayload(await result(invocation, event));
  } catch (thrown) {
    process.stderr.write(errorLine("Invoke Error", thrown, requestId));
    checkMemory();
    send({ kind: "error", error: functionError(thrown) });
    return;
  }
  checkMemory();
  send({ kind: "result" }, payload);
}

/** A trace id of this call only: nothing is sent to X-Ray. */
function traceId(): string {
  const digits = requestId.replaceAll("-", "");
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${digits.slice(0, 24)};Parent=${digits.slice(16)};Sampled=0`;
}

/** The handler's return value or promise; if it takes a callback, the value passed to that. */
function result(invocation: InvocationHead, event: unknown): unknown {
  const context = contextOf(invocation);
  if (handler.length < 3) return handler(event, context);
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(error as Error);
    });
    if (typeof (returned as PromiseLike<unknown> | undefined)?.then === "function") resolve(returned);
  });
}

function resultPayload(value: unknown): Payload {
  let payload: Payload;
  try {
    payload = payloadOf(value);
  } catch {
    throw new RuntimeError("Runtime.JSONStringifyError", "Unable to stringify response body");
  }
  if (payload.bytes > responseLimit) {
    throw new RuntimeError(
      "Function.ResponseSizeTooLarge",
      `Response payload size exceeded maximum allowed payload size (${responseLimit} bytes).`,
    );
  }
  return payload;
}

/** Lambda kills an environment that exceeds its memory; here the process kills itself before it answers. */
function checkMemory(): void {
  if (peak() > peakAllowed) process.kill(process.pid, "SIGKILL");
}

function send(head: ReplyHead, payload?: Payload, sent?: () => void): void {
  gateway.write(frame(head, payload), sent);
}

function end(kind: "fatal" | "init-error", thrown: unknown, what: "Uncaught Exception" | "Init Error"): void {
  process.stderr.write(errorLine(what, thrown, requestId));
  send({ kind, error: functionError(thrown) }, undefined, () => process.exit(1));
  // Further errors while ending only end the process; they are not reported.
  process.removeAllListeners("uncaughtException").on("uncaughtException", () => process.exit(1));
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", () => process.exit(1));
}
