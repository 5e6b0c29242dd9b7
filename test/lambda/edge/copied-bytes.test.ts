import { Socket } from "node:net";
import { expect } from "chai";
import { parsePins } from "../../../lambda/core/publish/pinned-model";
import { EndpointModel } from "../../../lambda/edge/endpoint-model";
import { atEndpoints, openRuntime } from "../an-endpoint";
import { fixtures } from "../function";

type Chunks = readonly { readonly chunk: Buffer | string }[];
type Writev = (this: Socket, chunks: Chunks, done: (error?: Error) => void) => void;

/** Bytes of large buffers that the function copies while `work` runs, and that TLS joins before it encrypts them. */
async function copied(work: () => Promise<unknown>): Promise<number> {
  const { concat } = Buffer;
  const { copy, set } = Buffer.prototype;
  const prototype = Socket.prototype as unknown as { _writev: Writev };
  const { _writev: writev } = prototype;
  let bytes = 0;
  const count = (size: number, at: "lambda" | "anywhere" = "lambda"): void => {
    if (size > 4096 && (at === "anywhere" || /(?<!\/test)\/lambda\/(core|edge)\//.test(new Error().stack!)))
      bytes += size;
  };
  Buffer.concat = (list, length) => {
    const made = concat(list, length);
    count(made.length);
    return made;
  };
  Buffer.prototype.copy = function (this: Buffer, ...given: Parameters<typeof copy>) {
    const size = copy.apply(this, given);
    count(size);
    return size;
  };
  Buffer.prototype.set = function (this: Buffer, from: ArrayLike<number>, at?: number) {
    count(from.length);
    set.call(this, from, at);
  };
  prototype._writev = function (chunks, done) {
    const { _tlsOptions: options } = this as unknown as { _tlsOptions?: { isServer?: boolean } };
    const filled = chunks.filter(({ chunk }) => chunk.length > 0);
    if (filled.length > 1 && options?.isServer !== true)
      count(
        filled.reduce((sum, { chunk }) => sum + chunk.length, 0),
        "anywhere",
      );
    writev.call(this, chunks, done);
  };
  try {
    await work();
  } finally {
    Object.assign(Buffer, { concat });
    Object.assign(Buffer.prototype, { copy });
    Reflect.deleteProperty(Buffer.prototype, "set");
    prototype._writev = writev;
  }
  return bytes;
}

describe("Functions: the bytes of a tensor on its way to an endpoint and back", () => {
  it("are never copied on the way there, and once on the way back, where their alignment is made", async () => {
    const made = await atEndpoints(fixtures, ["identity-fp32"]);
    const runtime = await openRuntime(made.engines);
    const kept = { ...process.env };
    Object.assign(process.env, runtime.environment);
    try {
      const pinned = parsePins(JSON.stringify(made.manifest)).get("identity-fp32")!;
      const model = new EndpointModel(pinned, pinned.endpoint!, "eu-west-1", () => performance.now());
      const data = Float32Array.from({ length: 1024 * 1024 }, (_, index) => index);
      const input = { name: "x", datatype: "FP32" as const, shape: [1, data.length], data };
      const outputs = [{ ...input, name: "y", data: undefined, parameters: { binary_data_size: data.byteLength } }];
      const head = JSON.stringify({ model_name: pinned.digest, outputs });
      const reply = Buffer.concat([Buffer.from(head), Buffer.from(data.buffer)]);
      const contentType = `application/vnd.sagemaker-triton.binary+json;json-header-size=${head.length}`;
      const invocation = { deadline: Infinity, called: () => undefined };
      for (const connection of ["new", "kept"]) {
        // Not by its engine, which is in this process, too, and copies.
        runtime.next.push((response) => response.writeHead(200, { "content-type": contentType }).end(reply));
        let answer: Awaited<ReturnType<typeof model.run>> | undefined;
        const bytes = await copied(async () => (answer = await model.run([input], ["y"], invocation)));
        expect(bytes / data.byteLength, `on a ${connection} connection`).to.be.within(0.99, 1.01);
        const { data: got } = answer!.outputs[0]!;
        expect(
          Buffer.from((got as Float32Array).buffer, (got as Float32Array).byteOffset, data.byteLength).equals(
            Buffer.from(data.buffer),
          ),
        ).to.equal(true);
      }
    } finally {
      for (const name of Object.keys(runtime.environment))
        if (kept[name] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = kept[name];
      await runtime.close();
    }
  });
});
