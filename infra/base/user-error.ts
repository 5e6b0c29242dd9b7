// An error in the operator's input, shown as its message alone: no stack trace, and not the exit code of a crash.

import { RunError } from "@pulumi/pulumi";

/**
 * An error whose message is all that Pulumi shows. It carries no stack: for stacks with Pulumi's own frames, Node 20.20
 * takes 15 seconds and a gigabyte to colour them (https://github.com/nodejs/node/issues/64011).
 */
export function userError(message: string): RunError {
  const error = new RunError(message);
  error.stack = error.message;
  return error;
}
