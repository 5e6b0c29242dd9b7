// Tensors as a transform has them, `{ shape, data }` by name, to and from those that the model takes and gives. What a transform returns is
// checked as strictly as a caller's request, but a mistake in it is the operator's.

import { TransformFault } from "../failure";
import { type Datatype, datatypes, elementCount, type Elements, maximumRank, type Tensor } from "../tensor/datatype";
import { type InputSpec, named } from "../tensor/signature";

/** Tensors by name, without a prototype: a name may be `constructor`. */
export type NamedTensors = Readonly<Record<string, Pick<Tensor, "shape" | "data">>>;

export function namedTensors(tensors: readonly Tensor[]): NamedTensors {
  const byName = Object.create(null) as Record<string, Pick<Tensor, "shape" | "data">>;
  for (const { name, shape, data } of tensors) byName[name] = { shape, data };
  return byName;
}

/**
 * The tensors that a transform gave for the model's inputs, all of them and no others.
 * @param giver what gave them, for messages: `request`
 * @throws TransformFault naming the input; names and values that the transform made up are not repeated
 */
export function givenTensors(specs: readonly InputSpec[], given: unknown, giver: string): Tensor[] {
  if (!isObject(given)) throw new TransformFault(`${giver} gave no object of tensors by name: ${named(specs)}`);
  const names = new Set(specs.map(({ name }) => name));
  if (Object.keys(given).some((name) => !names.has(name)))
    throw new TransformFault(`${giver} gave an input that the model does not have; it has ${named(specs)}`);
  return specs.map((spec) => {
    if (!Object.hasOwn(given, spec.name)) throw new TransformFault(`${giver} did not give the input ${spec.name}`);
    return givenTensor(spec, given[spec.name], `${giver} gave ${spec.name}`);
  });
}

function givenTensor({ name, datatype, shape: wanted }: InputSpec, given: unknown, what: string): Tensor {
  if (!isObject(given)) throw new TransformFault(`${what} as something else than { shape, data }`);
  const shape = shapeOf(given["shape"], what);
  const data = elementsOf(datatype, given["data"], what);
  const fits =
    wanted.length === 0 ||
    (shape.length === wanted.length && wanted.every((size, level) => size === -1 || size === shape[level]));
  if (!fits)
    throw new TransformFault(`${what} in the shape [${shape.join(", ")}], where the model has [${wanted.join(", ")}]`);
  if (elementCount(shape, data.length) !== data.length)
    throw new TransformFault(`${what} with ${data.length} elements in the shape [${shape.join(", ")}]`);
  return { name, datatype, shape, data };
}

function shapeOf(given: unknown, what: string): number[] {
  const isShape =
    Array.isArray(given) &&
    given.length <= maximumRank &&
    given.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) throw new TransformFault(`${what} without a shape, a list of sizes`);
  return [...(given as number[])];
}

/** The array class of a datatype decides: numbers in another one would be read as other numbers. */
function elementsOf(datatype: Datatype, data: unknown, what: string): Elements {
  const like = datatypes[datatype].array(0);
  if (!Array.isArray(like)) {
    const wanted = like.constructor as new () => Exclude<Elements, string[]>;
    if (!(data instanceof wanted)) throw new TransformFault(`${what} with data that is no ${wanted.name}`);
    if (datatype === "BOOL" && (data as Uint8Array).some((byte) => byte > 1))
      throw new TransformFault(`${what} with data other than 0 and 1, which BOOL alone has`);
    return data;
  }
  const isText = (each: unknown): each is string => typeof each === "string";
  if (!Array.isArray(data) || !data.every(isText))
    throw new TransformFault(`${what} with data that is no list of texts`);
  // onnxruntime-node passes them to the model as C strings.
  if (data.some((text) => text.includes("\0"))) throw new TransformFault(`${what} with a NUL in a text`);
  return data;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
