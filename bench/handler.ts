// CPU time of a request to the model function, to what its runtime takes alone.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { type Case, cases, dataOf, event, loadHandler, requirePrediction } from "./deployed";
import { inTurns, type Row } from "./measure";

const turns = 40;

export async function bench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const one of cases) {
    const { id, name, directory, model, input, shape, times } = one;
    const data = dataOf(shape);
    const session = await sessionOf(one);
    const handler = await loadHandler(directory, model);
    const json = JSON.stringify({ inputs: [{ name: input, shape, datatype: "FP32", data: Array.from(data) }] });
    const sent = event(json);
    await requirePrediction(handler, sent);
    const calls = [
      () => session.run({ [input]: new Tensor("float32", data, shape) }),
      () => handler(sent),
      () => JSON.parse(json) as unknown,
    ];
    const taken = (await inTurns(calls, { turns, times })) as [bare: number, handled: number, parsed: number][];
    const what = `${name} in the function, from API Gateway's event to its answer and log line`;
    rows.push({
      ...{ id: `function-${id}-own`, what: `${what}, beyond onnxruntime's session.run`, unit: "µs CPU" },
      samples: taken.map(([bare, handled]) => handled - bare),
    });
    // The one is mostly its inference, the other mostly its numbers.
    if (id === "small")
      rows.push({
        ...{ id: `function-${id}`, what: `${what}, to onnxruntime's session.run`, unit: "× CPU" },
        samples: taken.map(([bare, handled]) => handled / bare),
      });
    else
      rows.push({
        ...{ id: `function-${id}`, what: `${what}, beyond session.run, to JSON.parse of its body`, unit: "× CPU" },
        samples: taken.map(([bare, handled, parsed]) => (handled - bare) / parsed),
      });
    await session.release();
  }
  return rows;
}

/** What the function's own session is opened with. */
export function sessionOf({ directory, model }: Pick<Case, "directory" | "model">): Promise<InferenceSession> {
  const file = readFileSync(join(directory, model, "model.onnx"));
  return InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
}
