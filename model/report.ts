// The report on one model, as text for people.

import type { Finding } from "../onnx/foreign-format";
import type { CheckedFolder } from "./check-folder";
import type { ExampleFile } from "./code-around";
import { binaryRequest, exampleTensors, jsonRequest, rowsRequest } from "./example-request";
import type { LoadedTensor } from "./load-check";

/** What lies beside the model. */
export interface Beside {
  readonly transform: boolean;
  readonly example: ExampleFile | undefined;
}

/**
 * @param name of the model, which its requests address
 * @param memoryMb memory of the function
 */
export function report(name: string, checked: CheckedFolder, memoryMb: number, beside: Beside): string {
  const { model, loaded, faults, notes, bytes } = checked;
  const sections: string[][] = [[`${name}: ${size(bytes)}${model === undefined ? "" : `, ${origin(model)}`}`]];
  if (faults.length > 0) sections.push(["It cannot be served:", ...findings(faults)]);
  if (loaded !== undefined) {
    sections.push(
      ["Inputs:", ...tensors(loaded.inputs)],
      ["Outputs that are served:", ...tensors(loaded.outputs)],
      [
        `Loading: ${loaded.ms / 1000} s and at most ${loaded.peakMb} MB, of the function's ${memoryMb} MB (modelMemory).`,
      ],
    );
  }
  if (notes.length > 0) sections.push(["To know:", ...findings(notes)]);
  if (loaded !== undefined && faults.length === 0) sections.push(requests(name, loaded.inputs, beside));
  return sections.map((lines) => lines.join("\n")).join("\n\n");
}

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${Math.ceil(bytes / 1024 / 1024)} MB`;
}

function origin({ producer, irVersion, opsets }: NonNullable<CheckedFolder["model"]>): string {
  const maker = producer.name === "" ? "" : `made by ${producer.name} ${producer.version}`.trimEnd() + ", ";
  const versions = [...opsets].map(([domain, version]) => `${domain || "ai.onnx"} ${version}`).join(", ");
  return `${maker}IR ${irVersion}, opset ${versions}`;
}

function findings(found: readonly Finding[]): string[] {
  return found.flatMap(({ what, cure }) => [`  It ${what}.`, `    ${cure}`]);
}

function tensors(found: readonly LoadedTensor[]): string[] {
  const width = Math.max(...found.map(({ name }) => name.length));
  return found.map(({ name, datatype, shape, labels }) => {
    const columns = labels === undefined || labels.length === 0 ? "" : `  columns: ${shown(labels)}`;
    return `  ${name.padEnd(width)}  ${datatype} [${shape.join(", ")}]${columns}`;
  });
}

function shown(labels: readonly (string | number)[]): string {
  return labels.length > 10 ? `${labels.slice(0, 10).join(", ")} … (${labels.length})` : labels.join(", ");
}

/** The lines to paste; `$URL`, `$KEY` and `$CA` are what `npm start` prints. */
function requests(name: string, inputs: readonly LoadedTensor[], { transform, example }: Beside): string[] {
  const tensors = exampleTensors(inputs);
  const curl = `curl --cacert "$CA" -H "x-api-key: $KEY"`;
  const url = `"$URL/v2/models/${name}/infer"`;
  const metadata = `  ${curl} "$URL/v2/models/${name}"`;
  const head = "Requests ($URL, $KEY and $CA: the address, the key and the certificate that npm start prints):";
  const predict = `"$URL/v1/models/${name}:predict"`;
  const sent = example && `-H 'Content-Type: ${example.contentType}' --data-binary ${quoted(`@${example.file}`)}`;
  const through = [
    ...(transform ? ["  through its transform.ts, which alone says what it takes (docs/transforms.md):"] : []),
    ...(transform && sent === undefined ? ["  put an example.json beside it, and its request stands here"] : []),
    ...(sent === undefined ? [] : [...(transform ? [] : ["  with its example:"]), `  ${curl} ${predict} ${sent}`]),
  ];
  if (tensors === undefined) {
    const why = "  with tensors: its inputs are too large for a line; the metadata tells their shapes:";
    return [head, ...through, why, metadata];
  }
  const rows = rowsRequest(tensors);
  const { json, bytes } = binaryRequest(tensors);
  return [
    head,
    ...through,
    "  as JSON:",
    `  ${curl} ${url} -d ${quoted(jsonRequest(tensors))}`,
    "  as binary tensors:",
    `  printf ${quoted(`${json.replaceAll("\\", "\\\\").replaceAll("%", "%%")}${octal(bytes)}`)} | ` +
      `${curl} ${url} -H 'Inference-Header-Content-Length: ${Buffer.byteLength(json)}' --data-binary @-`,
    ...(rows === undefined || transform ? [] : ["  in rows:", `  ${curl} ${predict} -d ${quoted(rows)}`]),
  ];
}

/** Bytes as printf takes them in every shell. */
function octal(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
