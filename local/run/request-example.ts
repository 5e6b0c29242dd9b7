// An example request for the default model, made from its metadata, for the commands that `npm start` prints.

import type { Functions } from "../functions/environments/invocation";
import { modelMetadata } from "./model-metadata";

/** Largest number of elements in an input that still fits a line to paste. */
const longest = 64;

/** Measurements of an iris flower, repeated: realistic for the shipped model, and as good as any for another. */
const flower = [5.1, 3.5, 1.4, 0.2];

/**
 * The body of an inference request, as JSON; undefined if the function does not describe the model, or if an input has
 * more elements than fit a line.
 * @param functionArn the model function
 */
export async function requestExample(
  functions: Functions,
  functionArn: string,
  model: string,
): Promise<string | undefined> {
  const metadata = await modelMetadata(functions, functionArn, model);
  if (metadata === undefined) return undefined;
  const tensors = metadata.inputs.map(({ name, datatype, shape }) => {
    const fixed = shape.map((size) => (size < 0 ? 1 : size));
    const count = fixed.reduce((product, size) => product * size, 1);
    return { name, shape: fixed, datatype, data: count > longest ? undefined : values(datatype, count) };
  });
  return tensors.some(({ data }) => data === undefined) ? undefined : JSON.stringify({ inputs: tensors });
}

function values(datatype: string, count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => {
    if (datatype === "BYTES") return "text";
    if (datatype === "BOOL") return index % 2 === 0;
    return datatype.startsWith("FP") ? flower[index % flower.length] : 1;
  });
}
