// Sends the same messages to Triton and to the embedded engine by SageMaker's container contract, and prints what differs:
// `compare-containers.ts <python> <folder with Triton's repositories>`.

import { readdirSync, readFileSync } from "node:fs";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { containerServer } from "../../engine/container";
import { loadModelFile } from "../../lambda/edge/onnx";
import { allTypes } from "../local/endpoints/requests";
import { startTriton } from "./triton-server";

const binary = "application/vnd.sagemaker-triton.binary+json;json-header-size=";

interface Message {
  readonly what: string;
  readonly method?: string;
  readonly path?: string;
  readonly type?: string;
  readonly body?: Buffer;
}

/** The endpoint's form of a request with the protocol's own header. */
function forEndpoint(what: string, { headers, body }: ReturnType<typeof allTypes>): Message {
  const length = headers?.["Inference-Header-Content-Length"];
  const type = length === undefined ? "application/json" : `${binary}${length}`;
  return { what, type, body: Buffer.from(body!) };
}

const outputs = (names: readonly string[]) =>
  `,"outputs":[${names.map((name) => `{"name":"${name}","parameters":{"binary_data":true}}`).join(",")}]`;
const all = allTypes(true, ',"parameters":{"binary_data_output":true}');

const messages: readonly Message[] = [
  forEndpoint("all datatypes, binary to binary", all),
  forEndpoint("two outputs, in another order", allTypes(true, outputs(["y_int64", "y_bool"]))),
  forEndpoint("texts", allTypes(true, outputs(["y_bytes"]))),
  forEndpoint("one output as JSON", allTypes(true, ',"outputs":[{"name":"y_int64"}]')),
  forEndpoint("an output that is not there", allTypes(true, outputs(["z"]))),
  { what: "no JSON", type: "application/json", body: Buffer.from("{") },
  { what: "an empty body", type: "application/json", body: Buffer.alloc(0) },
  {
    what: "an unknown input",
    type: "application/json",
    body: Buffer.from('{"inputs":[{"name":"z","datatype":"FP32","shape":[1],"data":[1]}]}'),
  },
  {
    what: "another datatype",
    type: "application/json",
    body: Buffer.from('{"inputs":[{"name":"x_fp32","datatype":"INT8","shape":[1,2],"data":[1,1]}]}'),
  },
  { what: "a length beyond the body", type: `${binary}99999`, body: Buffer.from("{}") },
  { what: "a negative length", type: `${binary}-1`, body: Buffer.from("{}") },
  { what: "a media type before the length", type: `x; ${binary}2`, body: Buffer.from("{}") },
  { what: "too few bytes", type: binary + jsonSize(), body: Buffer.from(all.body as Buffer).subarray(0, -1) },
  { what: "too many bytes", type: binary + jsonSize(), body: Buffer.concat([all.body as Buffer, Buffer.from("!")]) },
  { what: "another method", method: "GET" },
  { what: "another path", path: "/other" },
  { what: "the health", method: "GET", path: "/ping" },
];

/** What docs/endpoints.md lists as different: the status of Triton and of the embedded engine. */
const different: readonly {
  readonly message: Message;
  readonly statuses: readonly [triton: number, embedded: number];
}[] = [
  { message: { what: "no inputs", type: "application/json", body: Buffer.from("{}") }, statuses: [500, 400] },
  { message: forEndpoint("FP16 as JSON", allTypes(true, ',"outputs":[{"name":"y_fp16"}]')), statuses: [400, 200] },
  { message: zeroByte(), statuses: [200, 400] },
];

/** The text `é😀\n` with a zero byte as its last. */
function zeroByte(): Message {
  const { headers, body } = allTypes(true, outputs(["y_bytes"]));
  const changed = Buffer.from(body as Buffer);
  changed[changed.length - 1] = 0;
  return forEndpoint("a text with a zero byte", { headers, body: changed });
}

function jsonSize(): string {
  return all.headers!["Inference-Header-Content-Length"]!;
}

async function send(port: number, { method = "POST", path = "/invocations", type, body }: Message): Promise<Response> {
  const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
  const content = body === undefined ? {} : { body: new Uint8Array(body) };
  return fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...content });
}

/** What of an answer has to be equal: outputs by name, in whatever order the engine gives them. */
async function answer(port: number, message: Message): Promise<object> {
  const reply = await send(port, message);
  const bytes = Buffer.from(await reply.arrayBuffer());
  const contentType = reply.headers.get("content-type") ?? "";
  if (reply.status !== 200) {
    // The words are each engine's own. Triton has none for what is no request of it.
    const error = bytes.length === 0 ? undefined : typeof (JSON.parse(bytes.toString()) as { error?: unknown }).error;
    return {
      status: reply.status,
      ...(error === undefined || message.path !== undefined || message.method !== undefined ? {} : { error }),
    };
  }
  if (bytes.length === 0) return { status: 200 };
  const size = contentType.startsWith(binary) ? Number(contentType.slice(binary.length)) : undefined;
  const json = JSON.parse(bytes.toString("utf8", 0, size)) as {
    model_name: string;
    model_version: string;
    outputs: Output[];
  };
  let at = size ?? 0;
  const read = json.outputs.map(({ name, datatype, shape, parameters, data }) => {
    const length = parameters?.binary_data_size;
    const own = length === undefined ? data : bytes.toString("hex", at, (at += length));
    return [name, { datatype, shape, data: own }] as const;
  });
  const { model_name, model_version } = json;
  const sorted = Object.fromEntries([...read].sort(([one], [other]) => (one < other ? -1 : 1)));
  return {
    status: 200,
    binary: size !== undefined,
    rest: bytes.length - (size === undefined ? bytes.length : at),
    model_name,
    model_version,
    outputs: sorted,
  };
}

interface Output {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly parameters?: { readonly binary_data_size?: number };
  readonly data?: unknown;
}

async function main(): Promise<void> {
  const [python, folder] = process.argv.slice(2) as [string, string];
  const models = join(folder, "models");
  // The one with an input of each datatype.
  const digest = readdirSync(models).find((name) =>
    readFileSync(join(models, name, "1/model.onnx")).includes("x_bytes"),
  )!;
  const server = containerServer(
    await loadModelFile({ name: digest, version: "1" }, join(models, digest, "1/model.onnx"), 1),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const embedded = (server.address() as AddressInfo).port;
  const triton = await startTriton(python, folder, digest);
  try {
    const differences = await compared(triton.containerPort, embedded);
    process.stdout.write(JSON.stringify({ compared: messages.length, differences }));
  } finally {
    await triton.close();
    server.closeAllConnections();
    server.close();
  }
}

/** @returns each difference that is not known, and each known one that is gone */
async function compared(triton: number, embedded: number): Promise<string[]> {
  const differences: string[] = [];
  for (const message of messages) {
    const [one, other] = [await answer(triton, message), await answer(embedded, message)].map((each) =>
      JSON.stringify(each),
    );
    if (one !== other) differences.push(`${message.what}: Triton ${one}, embedded ${other}`);
  }
  for (const { message, statuses } of different) {
    const seen = [(await send(triton, message)).status, (await send(embedded, message)).status];
    if (seen.join() !== statuses.join()) differences.push(`${message.what}: ${seen.join()}, not ${statuses.join()}`);
  }
  return differences;
}

void main();
