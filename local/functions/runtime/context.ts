// The context object of a handler, its second argument.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html

import type { CallHead } from "./messages";

export interface Context {
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

export function contextOf(call: CallHead): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: call.requestId,
    invokedFunctionArn: call.arn,
    ...own,
    getRemainingTimeInMillis: () => Math.max(0, call.deadline - Date.now()),
  };
}
