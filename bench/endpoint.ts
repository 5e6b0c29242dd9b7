// What it costs the function that an endpoint computes a model: CPU time of a request, over the function's own inference of the same
// request without the inference itself, and to a bare HTTPS round trip of the same bytes. The endpoint is another process, whose work
// does not count.

import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { globalAgent, request as httpsRequest } from "node:https";
import path from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { ModelManifest } from "../contract";
import { binaryType, engineRequest } from "../lambda/core/endpoint/engine-message";
import { readModel } from "../onnx/model";
import { servedSignature } from "../onnx/served-signature";
import { pin } from "../test/lambda/function";
import type { Ready } from "./gateway";
import { type Case, cases, cpu, event, loadHandler, median, quietly, type Row } from "./handler";

/** What the endpoint answers. */
export interface EngineReply {
  readonly type: string;
  /** In base64. */
  readonly body: string;
}

const rounds = 60;

export async function bench(): Promise<Row[]> {
  const child = fork(path.join(__dirname, "endpoint-server.ts"), [], {
    execArgv: ["--require", path.join(__dirname, "../compile.cjs")],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ url, ca }] = (await once(child, "message")) as [Ready];
  globalAgent.options.ca = ca;
  Object.assign(process.env, {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    // About as long as a role's.
    AWS_SESSION_TOKEN: randomBytes(600).toString("base64"),
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: url,
  });
  const rows: Row[] = [];
  try {
    for (const one of cases) {
      const { reply, sent } = await answerOf(one);
      child.send(reply);
      await once(child, "message");
      rows.push(...(await measure(one, url, sent, Buffer.from(reply.body, "base64").length)));
    }
  } finally {
    Reflect.deleteProperty(globalAgent.options, "ca");
    child.disconnect();
  }
  return rows;
}

async function measure(one: Case, url: string, sent: number, answered: number): Promise<Row[]> {
  const { name, directory, model, input, shape, times } = one;
  const data = dataOf(one);
  const session = await sessionOf(one);
  const json = { inputs: [{ name: input, shape, datatype: "FP32", data: Array.from(data) }] };
  const head = `{"parameters":{"binary_data_output":true},"inputs":[{"name":"${input}","shape":[${shape.join()}],"datatype":"FP32","parameters":{"binary_data_size":${data.byteLength}}}]}`;
  const binary = Buffer.concat([Buffer.from(head), Buffer.from(data.buffer)]);
  const forms = {
    JSON: event(JSON.stringify(json)),
    binary: { ...event(binary), headers: { "Inference-Header-Content-Length": String(head.length) } },
  };
  const here = loadHandler(directory, model);
  const there = loadHandler(directory, model, atEndpoint(directory, model));
  const handled = Object.values(forms).flatMap((body) => [() => here(body), () => there(body)]);
  for (const call of handled) {
    const answer = await quietly(call);
    if (answer.statusCode !== 200) throw new Error(`the handler answered ${answer.statusCode}: ${answer.body}`);
  }
  const calls: readonly (() => Promise<unknown>)[] = [
    () => session.run({ [input]: new Tensor("float32", data, shape) }),
    () => bareHttps(url, Buffer.alloc(sent)),
    ...handled,
  ];
  for (const call of calls) await quietly(() => cpu(call, times / 5));
  // In short turns, so that the machine is as fast for one as for the others, which are compared within a turn.
  const turns: { own: number; hop: number; ratio: number }[][] = Object.keys(forms).map(() => []);
  for (let turn = 0; turn < rounds; turn++) {
    const took: number[] = [];
    for (const call of calls) took.push(await quietly(() => cpu(call, Math.ceil(times / 50))));
    const [bare, https, ...spent] = took as [number, number, ...number[]];
    for (const [index, measured] of turns.entries()) {
      const hop = spent[index * 2 + 1]! - (spent[index * 2]! - bare);
      measured.push({ own: hop - https, hop, ratio: hop / https });
    }
  }
  await session.release();
  return Object.keys(forms).flatMap((form, index): Row[] => {
    const what = `endpoint, ${name}, ${form}`;
    const middle = (key: "own" | "hop" | "ratio") => median(turns[index]!.map((turn) => turn[key]));
    return [
      { name: `${what}: own work of the hop`, ratio: middle("own"), unit: "µs CPU" },
      { name: `${what}: the hop, over the function's own inference`, ratio: middle("hop"), unit: "µs CPU" },
      {
        name: `${what}: the hop to a bare HTTPS round trip of ${sent} and ${answered} bytes`,
        ratio: middle("ratio"),
        unit: "× CPU",
      },
    ];
  });
}

function dataOf({ shape }: Case): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, index) => Math.sin(index * 12.9898) * 3);
}

function sessionOf({ directory, model }: Case): Promise<InferenceSession> {
  const file = readFileSync(path.join(directory, model, "model.onnx"));
  return InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
}

function atEndpoint(directory: string, model: string): ModelManifest {
  const pinned = pin(directory, [model]).models[model]!;
  const signature = servedSignature(readModel(readFileSync(path.join(directory, model, "model.onnx"))));
  return { models: { [model]: { ...pinned, endpoint: { name: "bench", signature } } } };
}

/** The answer of an engine that runs the model on this request, and the bytes of the request to it. */
async function answerOf(one: Case): Promise<{ reply: EngineReply; sent: number }> {
  const { directory, model, input, shape } = one;
  const pinned = atEndpoint(directory, model).models[model]!;
  const { outputs } = pinned.endpoint!.signature;
  const names = outputs.map(({ name, tensor }) => tensor ?? name);
  const data = dataOf(one);
  const session = await sessionOf(one);
  const made = await session.run({ [input]: new Tensor("float32", data, shape) }, names);
  await session.release();
  const bytes = names.map((name) => {
    const { buffer, byteOffset, byteLength } = made[name]!.data as Float32Array;
    return Buffer.from(buffer, byteOffset, byteLength);
  });
  const head = JSON.stringify({
    ...{ model_name: pinned.digest, model_version: "1" },
    outputs: names.map((name, index) => ({
      ...{ name, datatype: outputs[index]!.datatype, shape: made[name]!.dims },
      parameters: { binary_data_size: bytes[index]!.length },
    })),
  });
  return {
    reply: {
      type: `${binaryType}${head.length}`,
      body: Buffer.concat([Buffer.from(head), ...bytes]).toString("base64"),
    },
    sent: engineRequest([{ name: input, datatype: "FP32", shape, data }], names).size,
  };
}

/** A POST of these bytes, of which nothing is signed, checked or read: what Node's own client takes on a connection that is kept. */
function bareHttps(url: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    httpsRequest(url, { method: "POST" }, (response) => void response.resume().on("end", resolve))
      .on("error", reject)
      .end(body);
  });
}
