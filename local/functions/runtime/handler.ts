// Loads the handler that a function's settings name, as Lambda's Node.js runtime does.
// Source: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type InvocationHead, RuntimeError } from "./messages";

export type Callback = (error: unknown, result?: unknown) => void;
export type Handler = (event: unknown, context: Context, callback?: Callback) => unknown;

/**
 * @param taskRoot folder of the function's code
 * @param name `<path>.<export>`, the path without file extension
 * @throws RuntimeError `Runtime.MalformedHandlerName`, `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`,
 *   `Runtime.HandlerNotFound` or `Runtime.CallbackHandlerDeprecated`; and whatever the module throws while it loads
 */
export async function loadHandler(taskRoot: string, name: string): Promise<Handler> {
  const parts = /^((?:[^/]+\/)*[^./]+)\.([^/]+)$/.exec(name);
  if (parts === null || name.split("/").includes("..")) {
    throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler: it must be <path>.<export>.");
  }
  const module = await loadModule(taskRoot, parts[1]!);
  let found: unknown = module;
  for (const key of parts[2]!.split(".")) found = (found as Record<string, unknown> | undefined | null)?.[key];
  if (typeof found !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  }
  // From Node.js 24 on, Lambda rejects handlers that take a callback.
  if (found.length >= 3 && Number(/nodejs(\d+)/.exec(process.env["AWS_EXECUTION_ENV"] ?? "")?.[1] ?? 0) >= 24) {
    throw new RuntimeError(
      "Runtime.CallbackHandlerDeprecated",
      "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.",
    );
  }
  return found as Handler;
}

async function loadModule(taskRoot: string, path: string): Promise<unknown> {
  const file = [".js", ".mjs", ".cjs"]
    .map((extension) => join(taskRoot, path + extension))
    .find((each) => existsSync(each));
  if (file === undefined) throw new RuntimeError("Runtime.ImportModuleError", `Cannot find module '${path}'`);
  try {
    if (file.endsWith(".mjs")) return await import(pathToFileURL(file).href);
    try {
      return createRequire(file)(file) as unknown;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_REQUIRE_ESM") throw error;
      return await import(pathToFileURL(file).href);
    }
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new RuntimeError("Runtime.UserCodeSyntaxError", `${error.name}: ${error.message}`);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") {
      throw new RuntimeError("Runtime.ImportModuleError", `Error: ${message}`);
    }
    throw error;
  }
}

// The context object of a handler, its second argument.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html

interface Context {
  callbackWaitsForEmptyEventLoop: boolean;
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** In MB, as a string. */
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Milliseconds until the function's time limit; never below 0. */
  getRemainingTimeInMillis(): number;
}

const environment = process.env;
const own = {
  functionName: environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "",
  functionVersion: environment["AWS_LAMBDA_FUNCTION_VERSION"] ?? "",
  memoryLimitInMB: environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] ?? "",
  logGroupName: environment["AWS_LAMBDA_LOG_GROUP_NAME"] ?? "",
  logStreamName: environment["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "",
};

export function contextOf(invocation: InvocationHead): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: invocation.requestId,
    invokedFunctionArn: invocation.arn,
    ...own,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
}
