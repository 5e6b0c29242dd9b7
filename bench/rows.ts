// CPU time of a request in rows or columns, to the same numbers in the Open Inference Protocol V2.

import { dataOf, event, fixtures, loadHandler, models, requirePrediction } from "./deployed";
import { inTurns, type Row } from "./measure";

/** A model with two outputs of different types, and one that returns what it gets: a wide row of floats. */
const cases = [
  { id: "narrow", name: "2,000 rows of 4", directory: models, model: "mymodel", input: "features", shape: [2000, 4] },
  {
    id: "wide",
    name: "100 rows of 1,000",
    directory: fixtures,
    model: "identity-fp32",
    input: "x",
    shape: [100, 1000],
  },
] as const;

export async function bench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { id, name, directory, model, input, shape } of cases) {
    const [length, width] = shape;
    const data = dataOf(shape);
    const values = Array.from({ length }, (_, row) => Array.from(data.subarray(row * width, (row + 1) * width)));
    const bodies = [
      { inputs: [{ name: input, shape, datatype: "FP32", data: Array.from(data) }] },
      { instances: values },
      { inputs: { [input]: values } },
    ];
    const handler = await loadHandler(directory, model);
    const sent = bodies.map((body) => event(JSON.stringify(body)));
    for (const one of sent) await requirePrediction(handler, one);
    const calls = sent.map((one) => () => handler(one));
    const taken = await inTurns(calls, { turns: 20, times: 5 });
    for (const [index, form] of ["rows", "columns"].entries())
      rows.push({
        id: `${form}-${id}`,
        what: `${name} as ${form}, to the same numbers as a V2 tensor`,
        unit: "× CPU",
        samples: taken.map((took) => took[index + 1]! / took[0]!),
      });
  }
  return rows;
}
