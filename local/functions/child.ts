// What runs in a function's process: loads the handler, then takes one call at a time from the gateway, as Lambda's Node.js
// runtime does in an execution environment. Bundled into one file, so it starts about as fast as an empty Node process.
//
// What differs from Lambda: the process is not frozen between calls; it runs this machine's Node, not the runtime's; it has no
// credentials, and the permissions of its role mean nothing here; its code is a folder of this machine, not read-only `/var/task`.

import { Socket } from "node:net";
import { FrameReader, frame, payloadOf, type Payload } from "./frame";
import { residentLimit } from "./memory-limit";
import { frameLimit, responseLimit, type CallHead, type ReplyHead } from "./messages";
import { contextOf } from "./runtime/context";
import { errorLine, functionError, RuntimeError } from "./runtime/errors";
import { loadHandler, type Handler } from "./runtime/handler";

/** Reads of this size took a third of the time of Node's usual 64 KB on a 5 MB event. */
const readBuffer = 256 * 1024;

/** Peak resident size in KB. After exec Linux lets a process start with the peak of its parent: that much says nothing. */
const peak = (): number => process.resourceUsage().maxRSS;
const peakAllowed = Math.max(residentLimit(Number(process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])) / 1024, peak());

let requestId = "";
let handler: Handler;

const reader = new FrameReader(frameLimit, (head, payload) => void run(head as CallHead, payload));
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
// The gateway is gone, however it ended: so is its function.
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

// What is written is written when the call returns, as on Lambda: else a long line is lost when the process ends right after it.
for (const stream of [process.stdout, process.stderr] as {
  _handle?: { setBlocking?: (blocking: boolean) => void };
}[]) {
  stream._handle?.setBlocking?.(true);
}

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

async function run(call: CallHead, event: unknown): Promise<void> {
  requestId = call.requestId;
  process.env["_X_AMZN_TRACE_ID"] = traceId();
  let payload: Payload;
  try {
    payload = answer(await result(call, event));
  } catch (thrown) {
    process.stderr.write(errorLine("Invoke Error", thrown, requestId));
    checkMemory();
    send({ kind: "error", error: functionError(thrown) });
    return;
  }
  checkMemory();
  send({ kind: "result" }, payload);
}

/** A trace of this call alone: nothing is sent to X-Ray. */
function traceId(): string {
  const digits = requestId.replaceAll("-", "");
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${digits.slice(0, 24)};Parent=${digits.slice(16)};Sampled=0`;
}

/** What the handler returns: a promise's value, or, where it takes a callback, what it calls that with. */
function result(call: CallHead, event: unknown): unknown {
  const context = contextOf(call);
  if (handler.length < 3) return handler(event, context);
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(error as Error);
    });
    if (typeof (returned as PromiseLike<unknown> | undefined)?.then === "function") resolve(returned);
  });
}

function answer(value: unknown): Payload {
  let payload: Payload;
  try {
    payload = payloadOf(value);
  } catch {
    throw new RuntimeError("Runtime.MarshalError", "Unable to stringify response body");
  }
  if (payload.bytes > responseLimit) {
    throw new RuntimeError(
      "Function.ResponseSizeTooLarge",
      `Response payload size exceeded maximum allowed payload size (${responseLimit} bytes).`,
    );
  }
  return payload;
}

/** Lambda kills an environment that outgrows its memory; here the process does it itself, before it answers. */
function checkMemory(): void {
  if (peak() > peakAllowed) process.kill(process.pid, "SIGKILL");
}

function send(head: ReplyHead, payload?: Payload, sent?: () => void): void {
  gateway.write(frame(head, payload), sent);
}

function end(kind: "fatal" | "init-error", thrown: unknown, what: "Uncaught Exception" | "Init Error"): void {
  process.stderr.write(errorLine(what, thrown, requestId));
  send({ kind, error: functionError(thrown) }, undefined, () => process.exit(1));
  // What is broken may break more: no third word.
  process.removeAllListeners("uncaughtException").on("uncaughtException", () => process.exit(1));
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", () => process.exit(1));
}
