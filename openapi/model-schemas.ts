// The schemas of one model's requests and answers, from its signature, in both protocols.

import type { ModelDescription, TensorDescription } from "./models";
import {
  elementSchema,
  exactly,
  exampleValue,
  givenSchema,
  list,
  nestedSchema,
  object,
  type Schema,
  valueSchema,
} from "./tensor-schemas";

/** A body of a request or an answer. */
export interface Body {
  readonly schema: Schema;
  readonly example?: unknown;
}

interface Exchange {
  readonly request: Body;
  readonly response: Body;
}

const oneOrMore = (schemas: readonly Schema[]): Schema => (schemas.length === 1 ? schemas[0]! : { anyOf: schemas });
const parameters: Schema = { type: ["object", "null"], additionalProperties: true };
const members = (tensors: readonly TensorDescription[], of: (tensor: TensorDescription) => Schema): Schema =>
  object(Object.fromEntries(tensors.map((tensor) => [tensor.name, of(tensor)])));

/** Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#inference */
export function standardExchange({ name, version, inputs, outputs }: ModelDescription): Exchange {
  const given = inputs.map((input) => tensorSchema(input, ["name", "shape", "datatype", "data"]));
  const returned = outputs.map((output) => tensorSchema(output, ["name", "shape", "datatype", "data"]));
  const asked = object({ name: { type: "string", enum: outputs.map((output) => output.name) }, parameters }, ["name"]);
  const values = inputs.map((input) => exampleValue(input));
  return {
    request: {
      schema: object(
        {
          id: { type: ["string", "null"] },
          parameters,
          inputs: list(oneOrMore(given), exactly(inputs.length)),
          outputs: { ...list(asked), type: ["array", "null"] },
        },
        ["inputs"],
      ),
      ...(values.includes(undefined) ? {} : { example: { inputs: inputs.map(exampleTensor) } }),
    },
    response: {
      schema: object(
        {
          model_name: { type: "string", enum: [name] },
          model_version: { type: "string", examples: [version] },
          id: { type: "string" },
          parameters,
          outputs: list(oneOrMore(returned)),
        },
        ["model_name", "model_version", "outputs"],
      ),
    },
  };
}

function tensorSchema(tensor: TensorDescription, required: readonly string[]): Schema {
  const { name, datatype, shape } = tensor;
  const sizes = shape === undefined ? {} : exactly(shape.length);
  const flat = list(elementSchema(datatype));
  // A scalar's value may stand alone; data of a matrix may be nested as the shape is.
  const nested = shape === undefined || shape.length < 2 ? [] : [nestedSchema(elementSchema(datatype), shape)];
  const data = oneOrMore([flat, ...nested, ...(shape?.length === 0 ? [elementSchema(datatype)] : [])]);
  return object(
    {
      name: { type: "string", enum: [name] },
      shape: list({ type: "integer", minimum: 0 }, sizes),
      datatype: { type: "string", enum: [datatype] },
      parameters,
      data,
    },
    [...required],
  );
}

function exampleTensor(input: TensorDescription): object {
  const shape = (input.shape ?? []).map((size) => size ?? 1);
  const value = exampleValue(input);
  return { name: input.name, shape, datatype: input.datatype, data: Array.isArray(value) ? value.flat(32) : [value] };
}

/** Source: https://www.tensorflow.org/tfx/serving/api_rest#predict_api */
export function rowsExchange({ inputs, outputs }: ModelDescription): Exchange {
  const [only, ...others] = inputs;
  const common = { signature_name: { type: ["string", "null"], enum: ["serving_default", "", null] } };
  const row = (tensor: TensorDescription): Schema =>
    tensor.shape === undefined ? {} : givenSchema(tensor.datatype, tensor.shape.slice(1));
  const column = (tensor: TensorDescription): Schema => givenSchema(tensor.datatype, tensor.shape);
  const bare = only !== undefined && others.length === 0;
  const rows = object({
    instances: list(oneOrMore([...(bare ? [row(only)] : []), members(inputs, row)]), { minItems: 1 }),
  });
  const columns = object({ inputs: oneOrMore([...(bare ? [column(only)] : []), members(inputs, column)]) });
  // An input that is a single value has no first dimension, which could count rows.
  const forms = inputs.some(({ shape }) => shape?.length === 0) ? [columns] : [rows, columns];
  const values = inputs.map((input) => exampleValue(input));
  const named = Object.fromEntries(inputs.map(({ name }, index) => [name, values[index]]));
  const example = { inputs: bare ? values[0] : named };
  const answers = (of: (tensor: TensorDescription) => Schema): Schema =>
    outputs.length === 1 ? of(outputs[0]!) : members(outputs, of);
  const value = ({ datatype, shape }: TensorDescription, skipped: number): Schema =>
    nestedSchema(valueSchema(datatype), shape?.slice(skipped));
  return {
    request: {
      schema: oneOrMore(forms.map((form) => ({ ...form, properties: { ...(form.properties as object), ...common } }))),
      ...(values.includes(undefined) ? {} : { example }),
    },
    response: {
      schema: oneOrMore([
        object({ predictions: list(answers((output) => value(output, 1))) }),
        object({ outputs: answers((output) => value(output, 0)) }),
      ]),
    },
  };
}
