// Writes an inference response of the Open Inference Protocol V2: JSON, followed by the outputs requested as binary.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#inference

import { writeBinary } from "../tensor/binary-tensor";
import type { JsonText } from "../tensor/json-text";
import { writeFlat } from "../tensor/json-writer";
import type { Inferred } from "../tensor/signature";
import type { RequestedOutput } from "./inference-request";
import { echo, flag, noParameters, type Parameters } from "./parameters";

/** The parts of a request that determine the form of its response. */
export interface ResponseForm {
  readonly id: string | undefined;
  readonly parameters: Parameters;
  /** In the requested order; empty: all outputs that can be returned as tensors. */
  readonly outputs: readonly RequestedOutput[];
}

/** All outputs, as JSON: of a request that asks for nothing else. */
export const noForm: ResponseForm = { id: undefined, parameters: noParameters, outputs: [] };

export interface WrittenResponse {
  readonly json: string;
  /** The binary part; `undefined` if all data is in the JSON. */
  readonly binary: Buffer | undefined;
}

/** Whether an output is requested as binary: by its own parameter, else by the request's (default: JSON). */
function binaryFlags(form: ResponseForm): (index: number) => boolean {
  const all = flag(form.parameters, "binary_data_output", "body") ?? false;
  const own = form.outputs.map(({ parameters }, index) => flag(parameters, "binary_data", `outputs[${index}]`) ?? all);
  return (index) => own[index] ?? all;
}

/**
 * Checks the requested form before the model runs, and returns a function that writes the model's outputs in it.
 * @param model name of the model
 * @throws Failure `invalid-request`; the function, `response-too-large`
 */
export function responseWriter(form: ResponseForm, model: string) {
  const isBinary = binaryFlags(form);
  return (text: JsonText, { outputs, version }: Inferred): WrittenResponse => {
    const parts: Buffer[] = [];
    text.raw(`{"model_name":${JSON.stringify(model)},"model_version":"${version}"`);
    if (form.id !== undefined) text.raw(`,"id":${JSON.stringify(form.id)}`);
    const echoed = echo(form.parameters, ["binary_data_output"]);
    if (echoed !== "") text.raw(`,"parameters":{${echoed}}`);
    text.raw(',"outputs":[');
    outputs.forEach((output, index) => {
      const parameters = form.outputs[index]?.parameters ?? noParameters;
      const members = [echo(parameters, ["binary_data", "classification"])].filter((member) => member !== "");
      const bytes = isBinary(index) ? writeBinary(output) : undefined;
      if (bytes !== undefined) {
        parts.push(bytes);
        members.push(`"binary_data_size":${bytes.length}`);
      }
      if (index > 0) text.byte(0x2c);
      text.raw(`{"name":${JSON.stringify(output.name)},"datatype":"${output.datatype}"`);
      text.raw(`,"shape":[${output.shape.join(",")}]`);
      if (members.length > 0) text.raw(`,"parameters":{${members.join(",")}}`);
      if (bytes === undefined) {
        text.raw(',"data":');
        writeFlat(text, output);
      }
      text.byte(0x7d);
    });
    text.raw("]}");
    return { json: text.finish(), binary: parts.length === 0 ? undefined : Buffer.concat(parts) };
  };
}
