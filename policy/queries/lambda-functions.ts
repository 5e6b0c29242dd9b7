// Shared by the rules on Lambda functions: their resource type, and which function a URI or ARN names.

import { functionOfUri, functionRef } from "../../graph/function-ref";

export const functionType = "aws:lambda/function:Function";

/** Whether an invocation URI or ARN refers to the function, with or without an alias. @param name physical name */
export function callsFunction(uri: string, name: string): boolean {
  return name !== "" && (functionOfUri(uri) ?? functionRef(uri))?.name === name;
}
