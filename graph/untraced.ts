// Keeps Pulumi's SDK from taking a stack trace for each promise, to report those that never settle, and for each resource, to
// show its line: an engine prints them, and in an evaluation without one they are a fifth of the work. What a failed evaluation
// leaves pending is its caller's to report, too: the SDK would do it on exit, and change the exit status.

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
