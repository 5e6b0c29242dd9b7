// What it costs the function that an endpoint computes a model: CPU time of a request, over the function's own inference of the same
// request without the inference itself, and to a bare HTTPS round trip of the same bytes. The endpoint is another process, whose work
// does not count.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { globalAgent, request as httpsRequest } from "node:https";
import { join } from "node:path";
import { Tensor } from "onnxruntime-node";
import type { ModelManifest } from "../contract";
import { binaryType, engineRequest } from "../lambda/core/endpoint/engine-message";
import { signed } from "../lambda/edge/sigv4";
import { readModel } from "../onnx/model";
import { servedSignature } from "../onnx/served-signature";
import { pin } from "../test/lambda/function";
import { type Case, cases, dataOf, event, loadHandler, requirePrediction } from "./deployed";
import { sessionOf } from "./handler";
import { inTurns, type Row } from "./measure";
import { serve } from "./served";

/** What the endpoint answers. */
export interface EngineReply {
  readonly type: string;
  /** In base64. */
  readonly body: string;
}

/** The session's token is about as long as a role's. */
const credentials = {
  ...{ accessKeyId: "bench", secretAccessKey: "bench" },
  sessionToken: randomBytes(600).toString("base64"),
};

const turns = 60;

export async function bench(): Promise<Row[]> {
  const { url, ca, process: child, end } = await serve("endpoint");
  globalAgent.options.ca = ca;
  Object.assign(process.env, {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: url,
  });
  const rows: Row[] = [];
  try {
    for (const one of cases) {
      const { reply, sent } = await answerOf(one);
      child.send(reply);
      await once(child, "message");
      rows.push(...(await measure(one, url, sent)));
    }
  } finally {
    Reflect.deleteProperty(globalAgent.options, "ca");
    end();
  }
  return rows;
}

async function measure(one: Case, url: string, sent: number): Promise<Row[]> {
  const { id, name, directory, model, input, shape, times } = one;
  const data = dataOf(shape);
  const session = await sessionOf(one);
  const json = { inputs: [{ name: input, shape, datatype: "FP32", data: Array.from(data) }] };
  const head = `{"parameters":{"binary_data_output":true},"inputs":[{"name":"${input}","shape":[${shape.join()}],"datatype":"FP32","parameters":{"binary_data_size":${data.byteLength}}}]}`;
  const binary = Buffer.concat([Buffer.from(head), Buffer.from(data.buffer)]);
  const forms = {
    JSON: event(JSON.stringify(json)),
    binary: event(binary, { "Inference-Header-Content-Length": String(head.length) }),
  };
  const here = await loadHandler(directory, model);
  const there = await loadHandler(directory, model, atEndpoint(directory, model));
  for (const handler of [here, there]) for (const body of Object.values(forms)) await requirePrediction(handler, body);
  // Those that AWS asks for are bytes of the round trip; to make them is not.
  const own = { host: new URL(url).host, "content-type": `${binaryType}${sent}`, accept: `${binaryType}${sent}` };
  const unsigned = { service: "sagemaker", region: "eu-west-1", method: "POST", path: "/", headers: own, body: [] };
  const list = signed(unsigned, credentials, Date.now());
  const headers = Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1]!]] : [])));
  const calls = [
    () => session.run({ [input]: new Tensor("float32", data, shape) }),
    () => bareHttps(url, headers, Buffer.alloc(sent)),
    ...Object.values(forms).flatMap((body) => [() => here(body), () => there(body)]),
  ];
  const taken = await inTurns(calls, { turns, times });
  await session.release();
  return Object.keys(forms).flatMap((form, index): Row[] => {
    // The hop is what a request takes with the endpoint, less what it takes without, the inference aside.
    const hops = taken.map((took) => ({
      hop: took[index * 2 + 3]! - (took[index * 2 + 2]! - took[0]!),
      https: took[1]!,
    }));
    const what = `the call of an endpoint for ${name}, ${form}, `;
    const row = `endpoint-${id}-${form.toLowerCase()}`;
    return [
      {
        ...{ id: row, what: `${what}to a bare HTTPS round trip of the same size, headers included` },
        ...{ unit: "× CPU", samples: hops.map(({ hop, https }) => hop / https) },
      },
      {
        ...{ id: `${row}-own`, what: `${what}beyond a bare HTTPS round trip of the same size, headers included` },
        ...{ unit: "µs CPU", samples: hops.map(({ hop, https }) => hop - https) },
      },
    ];
  });
}

function atEndpoint(directory: string, model: string): ModelManifest {
  const pinned = pin(directory, [model]).models[model]!;
  const signature = servedSignature(readModel(readFileSync(join(directory, model, "model.onnx"))));
  return { models: { [model]: { ...pinned, endpoint: { name: "bench", signature } } } };
}

/** The answer of an engine that runs the model on this request, and the bytes of the request to it. */
async function answerOf(one: Case): Promise<{ reply: EngineReply; sent: number }> {
  const { directory, model, input, shape } = one;
  const pinned = atEndpoint(directory, model).models[model]!;
  const { outputs } = pinned.endpoint!.signature;
  const names = outputs.map(({ name, tensor }) => tensor ?? name);
  const data = dataOf(shape);
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
function bareHttps(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    httpsRequest(url, { method: "POST", headers }, (response) => void response.resume().on("end", resolve))
      .on("error", reject)
      .end(body);
  });
}
