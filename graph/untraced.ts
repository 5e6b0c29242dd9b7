// Keeps Pulumi's SDK from taking a stack trace for each promise, to report those that never settle, and for each resource, to
// show its line: an engine prints them, and in an evaluation without one they are a fifth of the work. What a failed evaluation
// leaves pending is its caller's to report, too: the SDK would do it on exit, and change the exit status.

import { fileURLToPath } from "node:url";
import { Resource } from "@pulumi/pulumi";

const tracing = require("@pulumi/pulumi/runtime/debuggable") as { debuggablePromise: <T>(promise: T) => T };
tracing.debuggablePromise = (promise) => promise;
const resource = Resource as unknown as { callsites: () => unknown[] };
const { callsites } = resource;
resource.callsites = () => [];

/** Runs an evaluation in which each resource does tell its line. */
export async function traced<T>(evaluation: () => Promise<T>): Promise<T> {
  const untraced = resource.callsites;
  resource.callsites = callsites;
  try {
    return await evaluation();
  } finally {
    resource.callsites = untraced;
  }
}

/** A call on the way to a resource's constructor, as a registration tells it (pulumi/proto/pulumi/resource.proto, StackFrame). */
export interface Frame {
  getPc(): { getUri(): string; getLine(): number; getColumn(): number } | undefined;
}

/** The innermost line of the program itself: path, line and column as compiled. @param frames the innermost first */
export function ownLine(frames: readonly Frame[]): string | undefined {
  for (const frame of frames) {
    const place = frame.getPc();
    const file = place === undefined ? "" : fileURLToPath(place.getUri());
    if (file.endsWith(".ts") && !file.includes("/node_modules/"))
      return `${file}:${place!.getLine()}:${place!.getColumn()}`;
  }
  return undefined;
}
