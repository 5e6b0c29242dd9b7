// Computed outputs of Lambda functions, aliases, layers and permissions.

import { partitionOf } from "../../contract";
import { arn, type Rows, text } from "./row";

export const functions: Rows = {
  "aws:lambda/alias:Alias": ({ inputs, region }) => {
    const aliasArn = arn("lambda", region, `function:${functionName(inputs.functionName)}:${text(inputs.name)}`);
    return { id: aliasArn, arn: aliasArn, invokeArn: invokeArn(region, aliasArn) };
  },
  "aws:lambda/function:Function": ({ inputs, region, hex, physical }) => {
    const functionArn = arn("lambda", region, `function:${physical}`);
    return {
      id: physical,
      name: physical,
      arn: functionArn,
      invokeArn: invokeArn(region, functionArn),
      version: inputs.publish === true ? "1" : "$LATEST",
      qualifiedArn: `${functionArn}:${inputs.publish === true ? "1" : "$LATEST"}`,
      qualifiedInvokeArn: invokeArn(region, `${functionArn}:1`),
      codeSha256: Buffer.from(hex("code", 64), "hex").toString("base64"),
      lastModified: "2026-01-01T00:00:00.000+0000",
    };
  },
  // The function's result is not known here; the local run invokes the function.
  "aws:lambda/invocation:Invocation": ({ inputs, hex }) => ({
    id: `${text(inputs.functionName)}_${text(inputs.qualifier) || "$LATEST"}_${hex("input", 32)}`,
    qualifier: text(inputs.qualifier) || "$LATEST",
    result: "{}",
  }),
  "aws:lambda/layerVersion:LayerVersion": ({ inputs, region }) => {
    const layerArn = arn("lambda", region, `layer:${text(inputs.layerName)}`);
    return { id: `${layerArn}:1`, arn: `${layerArn}:1`, layerArn, version: "1" };
  },
  "aws:lambda/permission:Permission": ({ alphanumeric, physical }) => ({
    id: physical,
    statementId: `${physical}-${alphanumeric("statement", 6)}`,
  }),
};

/** The name of a function that an input gives by name or by ARN. */
function functionName(value: unknown): string {
  return text(value).split(":function:").pop() ?? "";
}

function invokeArn(region: string, functionArn: string): string {
  return `arn:${partitionOf(region)}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}
