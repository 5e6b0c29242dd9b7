// A V2 request with binary tensors as one of JSON alone, and an answer of JSON as one with binary tensors: between those who call an
// endpoint and a server that takes no others (MLServer).
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#inference

import { binaryType, engineAnswer, jsonLength } from "../lambda/core/endpoint/engine-message";
import { readBinary, writeBinary } from "../lambda/core/tensor/binary-tensor";
import type { Datatype } from "../lambda/core/tensor/datatype";
import { JsonText } from "../lambda/core/tensor/json-text";
import { writeFlat } from "../lambda/core/tensor/json-writer";

export { binaryType };

interface Header {
  readonly inputs: readonly {
    readonly name: string;
    readonly datatype: Datatype;
    readonly shape: readonly number[];
    readonly parameters: { readonly binary_data_size: number };
  }[];
  readonly outputs?: readonly { readonly name: string }[];
}

/**
 * @param contentType says how long the JSON in the body is; a body of JSON alone is given back as it is
 * @param body as the model function writes it: all inputs are binary
 * @throws Failure `invalid-request` for data that does not fit its shape
 */
export function jsonRequest(body: Buffer, contentType: string): Buffer {
  const length = jsonLength(contentType);
  if (length === undefined) return body;
  const { inputs, outputs = [] } = JSON.parse(body.toString("utf8", 0, length)) as Header;
  const text = new JsonText(Infinity, false);
  text.raw('{"inputs":[');
  let at = length;
  inputs.forEach(({ name, datatype, shape, parameters }, index) => {
    const end = at + parameters.binary_data_size;
    const data = readBinary(body.subarray(at, end), datatype, [...shape], `inputs[${index}]`);
    at = end;
    text.raw(`${index > 0 ? "," : ""}{"name":${JSON.stringify(name)},"datatype":"${datatype}"`);
    text.raw(`,"shape":[${shape.join(",")}],"data":`);
    writeFlat(text, { name, datatype, shape: [...shape], data });
    text.raw("}");
  });
  text.raw(`],"outputs":[${outputs.map(({ name }) => JSON.stringify({ name })).join(",")}]}`);
  return Buffer.from(text.finish());
}

/**
 * The answer as an endpoint's engine gives it: all outputs are binary.
 * @param model name that it gives the model
 * @throws Failure for an answer that is none
 */
export function binaryAnswer(body: Buffer, model: string): { readonly contentType: string; readonly body: Buffer } {
  const outputs = [...engineAnswer(body, "application/json").outputs.values()];
  const data = outputs.map(writeBinary);
  const described = outputs.map(({ name, datatype, shape }, index) => ({
    name,
    datatype,
    shape,
    parameters: { binary_data_size: data[index]!.length },
  }));
  const json = Buffer.from(JSON.stringify({ model_name: model, outputs: described }));
  return { contentType: `${binaryType}${json.length}`, body: Buffer.concat([json, ...data]) };
}
