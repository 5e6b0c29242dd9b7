// Resource types of Lambda.

import { partitionOf } from "../../contract";
import { arn, type ResourceTypes, text } from "./resource-type";

export const lambda: ResourceTypes = {
  "aws:lambda/alias:Alias": {
    outputs: ({ inputs, region }) => {
      const aliasArn = arn("lambda", region, `function:${functionName(inputs.functionName)}:${text(inputs.name)}`);
      return { id: aliasArn, arn: aliasArn, invokeArn: invokeArn(region, aliasArn) };
    },
    replaceOnChanges: ["functionName", "name"],
    reviewed: "opens nothing",
  },
  "aws:lambda/function:Function": {
    outputs: ({ inputs, region, hex, physical }) => {
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
    replaceOnChanges: ["name", "packageType"],
    reviewed: "read by rules",
  },
  "aws:lambda/invocation:Invocation": {
    // The function's result is not known here; the local run invokes the function.
    outputs: ({ inputs, hex }) => ({
      id: `${text(inputs.functionName)}_${text(inputs.qualifier) || "$LATEST"}_${hex("input", 32)}`,
      qualifier: text(inputs.qualifier) || "$LATEST",
      result: "{}",
    }),
    replaceOnChanges: ["functionName", "qualifier", "triggers"],
    reviewed: "opens nothing",
  },
  "aws:lambda/layerVersion:LayerVersion": {
    outputs: ({ inputs, region }) => {
      const layerArn = arn("lambda", region, `layer:${text(inputs.layerName)}`);
      return { id: `${layerArn}:1`, arn: `${layerArn}:1`, layerArn, version: "1" };
    },
    replaceOnChanges: [
      "code",
      "compatibleArchitectures",
      "compatibleRuntimes",
      "description",
      "layerName",
      "licenseInfo",
      "s3Bucket",
      "s3Key",
      "s3ObjectVersion",
      "sourceCodeHash",
    ],
    reviewed: "read by rules",
  },
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": {
    outputs: ({ inputs }) => ({ id: `${text(inputs.functionName)},${text(inputs.qualifier)}` }),
    replaceOnChanges: ["functionName", "qualifier"],
    reviewed: "opens nothing",
  },
  "aws:lambda/permission:Permission": {
    outputs: ({ alphanumeric, physical }) => ({
      id: physical,
      statementId: `${physical}-${alphanumeric("statement", 6)}`,
    }),
    replaceOnChanges: [
      "action",
      "eventSourceToken",
      "function",
      "principal",
      "qualifier",
      "sourceAccount",
      "sourceArn",
      "statementId",
    ],
    reviewed: "read by rules",
  },
};

/** The name of a function that an input gives by name or by ARN. */
function functionName(value: unknown): string {
  return text(value).split(":function:").pop() ?? "";
}

function invokeArn(region: string, functionArn: string): string {
  return `arn:${partitionOf(region)}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}
