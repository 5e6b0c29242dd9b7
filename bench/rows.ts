// CPU time of a request in rows or columns, compared with the same numbers in the Open Inference Protocol V2.

import path from "node:path";
import { cpu, event, loadHandler, quietly, type Row } from "./handler";

const models = path.join(__dirname, "../models");
const fixtures = path.join(__dirname, "../test/fixtures/models");

/** A model with two outputs of different types, and one that returns what it gets: a wide row of floats. */
const cases = [
  { name: "2,000 rows of 4, two outputs", directory: models, model: "mymodel", input: "features", shape: [2000, 4] },
  { name: "100 rows of 1,000", directory: fixtures, model: "identity-fp32", input: "x", shape: [100, 1000] },
] as const;

const times = 20;

export async function bench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, directory, model, input, shape } of cases) {
    const [length, width] = shape;
    // Numbers with sixteen or more digits, as Python's json module writes a float32.
    const data = Float32Array.from({ length: length * width }, (_, index) => Math.sin(index * 12.9898) * 3);
    const values = Array.from({ length }, (_, row) => Array.from(data.subarray(row * width, (row + 1) * width)));
    const bodies = {
      standard: { inputs: [{ name: input, shape, datatype: "FP32", data: Array.from(data) }] },
      rows: { instances: values },
      columns: { inputs: { [input]: values } },
    };
    const handler = loadHandler(directory, model);
    const calls = Object.values(bodies).map((body) => {
      const sent = event(JSON.stringify(body));
      return () => handler(sent);
    });
    for (const call of calls) {
      const answer = await quietly(call);
      if (answer.statusCode !== 200) throw new Error(`the handler answered ${answer.statusCode}: ${answer.body}`);
    }
    // In turn, and the least of each: the machine may be faster or slower for a while.
    const least = calls.map(() => Infinity);
    for (let round = 0; round < 5; round++) {
      for (const [index, call] of calls.entries())
        least[index] = Math.min(least[index]!, await quietly(() => cpu(call, times)));
    }
    const [standard, inRows, inColumns] = least as [number, number, number];
    rows.push({ name: `rows, ${name}: to V2`, ratio: inRows / standard, unit: "× CPU" });
    rows.push({ name: `columns, ${name}: to V2`, ratio: inColumns / standard, unit: "× CPU" });
  }
  return rows;
}
