// The engine of one endpoint, as a process of its own: `process.ts <model.onnx> <name> <memory in MB> <path of the socket>`.
// It loads the model, then listens; it ends when its stdin closes, and with it whoever started it.

import { loadModelFile } from "../lambda/edge/onnx";
import { threadsFor } from "../lambda/core/threads";
import { containerServer } from "./container";

const [file, name, memoryMb, socket] = process.argv.slice(2);

process.stdin.on("close", () => process.exit(0)).resume();

/** Triton's number of the only version of a model. */
const version = "1";

/** As many threads as the function would have: how sums are split decides their last bits. */
loadModelFile({ name: name!, version }, file!, threadsFor(Number(memoryMb))).then(
  (model) => containerServer(model).listen(socket),
  (error: Error) => {
    process.stderr.write(`${error.message.split("\n", 1)[0]!.slice(0, 500)}\n`, () => process.exit(1));
  },
);
