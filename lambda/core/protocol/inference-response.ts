// Writes an inference response of the Open Inference Protocol V2: JSON, followed by the outputs requested as binary.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#inference

import { writeBinary } from "../tensor/binary-tensor";
import type { Tensor } from "../tensor/datatype";
import { writeElements } from "../tensor/json-writer";
import type { RequestedOutput } from "./inference-request";
import { echo, flag, noParameters, type Parameters } from "./parameters";

/** The parts of a request that determine the form of its response. */
export interface ResponseForm {
  readonly id: string | undefined;
  readonly parameters: Parameters;
  /** In the requested order; empty: all outputs that can be returned as tensors. */
  readonly outputs: readonly RequestedOutput[];
}

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
 * @throws Failure `invalid-request`
 */
export function responseWriter(form: ResponseForm, model: { readonly name: string; readonly version: string }) {
  const isBinary = binaryFlags(form);
  return (outputs: readonly Tensor[]): WrittenResponse => {
    const parts: Buffer[] = [];
    const written = outputs.map((output, index) => {
      const parameters = form.outputs[index]?.parameters ?? noParameters;
      const members = [echo(parameters, ["binary_data", "classification"])].filter((text) => text !== "");
      let data = "";
      if (isBinary(index)) {
        const bytes = writeBinary(output);
        parts.push(bytes);
        members.push(`"binary_data_size":${bytes.length}`);
      } else data = `,"data":${writeElements(output)}`;
      const echoed = members.length === 0 ? "" : `,"parameters":{${members.join(",")}}`;
      return `{"name":${JSON.stringify(output.name)},"datatype":"${output.datatype}","shape":[${output.shape.join(",")}]${echoed}${data}}`;
    });
    const id = form.id === undefined ? "" : `,"id":${JSON.stringify(form.id)}`;
    const echoed = echo(form.parameters, ["binary_data_output"]);
    const parameters = echoed === "" ? "" : `,"parameters":{${echoed}}`;
    const json = `{"model_name":${JSON.stringify(model.name)},"model_version":"${model.version}"${id}${parameters},"outputs":[${written.join(",")}]}`;
    return { json, binary: parts.length === 0 ? undefined : Buffer.concat(parts) };
  };
}
