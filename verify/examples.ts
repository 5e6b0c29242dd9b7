// An example request for each model, from the metadata that the stack itself gives to a caller that it lets in.

import type { Cell } from "../access-matrix/matrix";
import { type Example, modelOf } from "./call";

interface Metadata {
  readonly parameters?: { readonly transform_version?: unknown };
  readonly versions: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly datatype: string; readonly shape: readonly number[] }[];
}

/** For a model whose metadata cannot be had: as good for a call that is refused before the body is read. */
const unknown: Example = {
  version: "000000000000",
  body: JSON.stringify({ inputs: [] }),
  columns: JSON.stringify({ inputs: {} }),
  transformed: false,
};

/** Most elements of an input: as JSON, more would not fit into a request. */
const mostElements = 1_000_000;

export class Examples {
  private readonly made = new Map<string, Promise<Example>>();

  /**
   * @param cells of the matrix
   * @param send calls the cell; `undefined` if that cannot be tried
   */
  constructor(
    private readonly cells: readonly Cell[],
    private readonly send: (cell: Cell, example: Example) => Promise<string | undefined>,
  ) {}

  /** @param cell a call on any route: of its model, whoever may read its metadata */
  of(cell: Cell): Promise<Example> {
    return this.ofModel(modelOf(cell));
  }

  ofModel(model: string): Promise<Example> {
    const found = this.made.get(model) ?? this.make(model);
    this.made.set(model, found);
    return found;
  }

  private async make(model: string): Promise<Example> {
    const describing = this.cells.filter(
      (cell) =>
        `${cell.method} ${cell.path}` === "GET /v2/models/{model}" &&
        cell.location === "route" &&
        cell.status === 200 &&
        modelOf(cell) === model,
    );
    for (const cell of describing) {
      const body = await this.send(cell, unknown);
      const example = body === undefined ? undefined : exampleOf(body);
      if (example !== undefined) return example;
    }
    return unknown;
  }
}

/** @param body the model's metadata, JSON */
export function exampleOf(body: string): Example | undefined {
  let metadata: Partial<Metadata>;
  try {
    metadata = JSON.parse(body) as Partial<Metadata>;
  } catch {
    return undefined;
  }
  const { versions: [version] = [], inputs, parameters } = metadata;
  if (version === undefined || inputs === undefined) return undefined;
  const tensors = inputs.map(({ name, datatype, shape }) => {
    // A negative size is the caller's to choose.
    const fixed = shape.map((size) => (size < 0 ? 1 : size));
    const count = fixed.reduce((product, size) => product * size, 1);
    const data: unknown[] = count > mostElements ? [] : new Array(count).fill(elementOf(datatype));
    return { name, datatype, shape: fixed, data };
  });
  const columns = Object.fromEntries(tensors.map(({ name, shape, data }) => [name, nested(data, shape)]));
  return {
    version,
    body: JSON.stringify({ inputs: tensors }),
    columns: JSON.stringify({ inputs: columns }),
    transformed: parameters?.transform_version !== undefined,
  };
}

/** A flat list of equal elements, nested like the shape; empty if there are too many. */
function nested(data: readonly unknown[], shape: readonly number[]): unknown {
  if (data.length === 0 && !shape.includes(0)) return [];
  return shape.reduceRight<unknown>((inner, length) => new Array(length).fill(inner), data[0]);
}

function elementOf(datatype: string): unknown {
  if (datatype === "BYTES") return "text";
  return datatype === "BOOL" ? true : 1;
}
