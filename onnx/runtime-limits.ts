// What the deployed onnxruntime-node (package-lock.json) can load, found by trying it. test/onnx/runtime-limits.test.ts tries
// it again, and fails where another version of the runtime has other limits.

/** Newest version of the ONNX format. */
export const newestIr = 13;

/** Newest version of the operators, by domain. A domain that is not listed has none of its own. */
export const newestOpsets: ReadonlyMap<string, number> = new Map([
  ["", 26],
  ["ai.onnx.ml", 5],
  ["ai.onnx.training", 1],
  ["ai.onnx.preview", 1],
  ["ai.onnx.preview.training", 1],
  ["com.microsoft", 1],
  ["com.microsoft.nchwc", 1],
]);
