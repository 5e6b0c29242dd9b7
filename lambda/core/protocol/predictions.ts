// Writes the answer to a request in rows or columns, as TensorFlow Serving and Vertex AI do.
// Source: https://www.tensorflow.org/tfx/serving/api_rest#response_format_4

import { Failure } from "../failure";
import type { Tensor } from "../tensor/datatype";
import { asciiOf, type JsonText } from "../tensor/json-text";
import { nestedWriter } from "../tensor/json-writer";

/**
 * `{"predictions": [row, …]}`: a row is the value of the only output, or an object with a value for each output.
 * @throws Failure `refused-by-model` if the first dimension of an output is not the number of rows, `response-too-large`
 */
export function writePredictions(text: JsonText, outputs: readonly Tensor[], rows: number): string {
  for (const { name, shape } of outputs) {
    if (shape[0] === rows) continue;
    throw new Failure("refused-by-model", `${name} has no row for each instance; send columns (inputs) instead`);
  }
  text.raw('{"predictions":[');
  const [only, ...others] = outputs.map((output) => nestedWriter(text, output));
  const row = others.length === 0 ? only! : objectWriter(text, outputs);
  for (let index = 0; index < rows; index++) {
    if (index > 0) text.byte(0x2c);
    row(1, index);
  }
  text.raw("]}");
  return text.finish();
}

/**
 * `{"outputs": …}`: the value of the only output, or an object with a value for each output.
 * @throws Failure `response-too-large`
 */
export function writeColumns(text: JsonText, outputs: readonly Tensor[]): string {
  text.raw('{"outputs":');
  if (outputs.length === 1) nestedWriter(text, outputs[0]!)(0, 0);
  else objectWriter(text, outputs)(0, 0);
  text.raw("}");
  return text.finish();
}

function objectWriter(text: JsonText, outputs: readonly Tensor[]): (level: number, index: number) => void {
  const members = outputs.map((output, index) => {
    const key = `${index === 0 ? "{" : ","}${JSON.stringify(output.name)}:`;
    return { key, bytes: asciiOf(key), value: nestedWriter(text, output) };
  });
  return (level, index) => {
    for (const { key, bytes, value } of members) {
      if (bytes === undefined) text.raw(key);
      else text.ascii(bytes);
      value(level, index);
    }
    text.byte(0x7d);
  };
}
