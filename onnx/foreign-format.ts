// What a file is that was taken for an ONNX model, by its first bytes, and what to do about it.

/** What is wrong, and what cures it: a command, or where the lines for it stand. */
export interface Finding {
  readonly what: string;
  readonly cure: string;
}

interface Format {
  readonly what: string;
  readonly cure: string;
  /** @param start the file's first bytes @param text the same as Latin-1 */
  readonly is: (start: Uint8Array, text: string) => boolean;
}

/** Bytes that tell one format from another. */
const looked = 64 * 1024;

const begins =
  (...texts: readonly string[]) =>
  (_: Uint8Array, text: string): boolean =>
    texts.some((each) => text.startsWith(each));
const zipWith =
  (...names: readonly string[]) =>
  (_: Uint8Array, text: string): boolean =>
    text.startsWith("PK\x03\x04") && names.some((name) => text.includes(name));

const exportFrom = (name: string, heading: string) => `export it from ${name} as ONNX: docs/models.md#${heading}`;

/** The first that fits is named. */
const formats: readonly Format[] = [
  { what: "is empty", cure: "export or copy it again", is: (start) => start.length === 0 },
  {
    what: "is a Git LFS pointer instead of a file",
    cure: "git lfs install && git lfs pull",
    is: begins("version https://git-lfs.github.com/spec/"),
  },
  {
    what: "is an HTML page, as a download answers that needs a login or another address",
    cure: "download the file itself (GitHub: Raw; Hugging Face: …/resolve/main/…)",
    is: (_, text) => /^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i.test(text),
  },
  {
    what: "is a PyTorch file (torch.save)",
    cure: exportFrom("PyTorch", "pytorch"),
    is: zipWith("/data.pkl", "/constants.pkl"),
  },
  {
    what: "is a Keras file",
    cure: exportFrom("Keras", "tensorflow-and-keras"),
    is: zipWith("model.weights.h5", "config.json"),
  },
  { what: "is a ZIP archive", cure: "unpack it, and put the .onnx file within in its place", is: begins("PK\x03\x04") },
  {
    what: "is an HDF5 file, as Keras writes it",
    cure: exportFrom("Keras", "tensorflow-and-keras"),
    is: begins("\x89HDF\r\n\x1a\n"),
  },
  {
    what: "is a pickle or joblib file",
    cure: exportFrom("the library that made it", "scikit-learn"),
    is: (start, text) =>
      (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5) ||
      /^c(copy_?reg|sklearn|numpy|joblib)[\w.]*\n/.test(text),
  },
  {
    what: "is compressed (gzip, bzip2, xz or zlib), as joblib writes it",
    cure: "unpack it, or export it from the library that made it: docs/models.md#scikit-learn",
    is: begins("\x1f\x8b", "BZh", "\xfd7zXZ", "x\x01", "x\x9c", "x\xda", "x\x5e"),
  },
  {
    what: "is a TensorFlow Lite file",
    cure: exportFrom("TensorFlow", "tensorflow-and-keras"),
    is: (_, text) => text.slice(4, 8) === "TFL3",
  },
  {
    what: "is a GGUF file",
    cure: "llama.cpp's format has no ONNX export: export the original model",
    is: begins("GGUF"),
  },
  {
    what: "is a safetensors file: weights without a graph",
    cure: exportFrom("PyTorch or Hugging Face", "hugging-face"),
    is: (start, text) => text.startsWith('{"', 8) && start[7] === 0,
  },
  {
    what: "is an XGBoost model in its own format",
    cure: exportFrom("XGBoost", "xgboost"),
    is: (_, text) => /^(\{|binf)/.test(text) && text.slice(0, 512).includes("learner"),
  },
  {
    what: "is a LightGBM model in its own format",
    cure: exportFrom("LightGBM", "lightgbm"),
    is: begins("tree\nversion="),
  },
  {
    // SavedModel: schema version 1, then a graph. ONNX's IR version 1 and its producer begin alike, but have a graph as well.
    what: "is a TensorFlow SavedModel",
    cure: exportFrom("TensorFlow", "tensorflow-and-keras"),
    is: begins("\x08\x01\x12"),
  },
  {
    what: "is a frozen TensorFlow graph",
    cure: exportFrom("TensorFlow", "tensorflow-and-keras"),
    is: (_, text) => text.startsWith("\n") && /\b(Placeholder|Const|VarHandleOp)\b/.test(text),
  },
];

/** Names a file that cannot be read as ONNX; `undefined` if its format is not known. */
export function foreignFormat(bytes: Uint8Array): Finding | undefined {
  const start = bytes.subarray(0, looked);
  const text = Buffer.from(start.buffer, start.byteOffset, start.length).toString("latin1");
  const found = formats.find(({ is }) => is(start, text));
  return found && { what: found.what, cure: found.cure };
}

/** onnxruntime's own format, which it loads as well; nothing of it can be read here. */
export function isOrtFormat(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(4, 8)).toString("latin1") === "ORTM";
}
