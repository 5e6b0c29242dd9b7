// Keeps Pulumi's SDK from taking a stack trace for each promise, to report those that never settle, and for each resource, to
// show its line: an engine prints them, and in an evaluation without one they are a fifth of the work. What a failed evaluation
// leaves pending is its caller's to report, too: the SDK would do it on exit, and change the exit status.

import { Resource } from "@pulumi/pulumi";

const tracing = require("@pulumi/pulumi/runtime/debuggable") as { debuggablePromise: <T>(promise: T) => T };
tracing.debuggablePromise = (promise) => promise;
(Resource as unknown as { callsites: () => [] }).callsites = () => [];
