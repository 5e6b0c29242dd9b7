// A V2 server that the user runs (Triton, MLServer, KServe, OpenVINO), in the place of an endpoint's container: the stand-in
// speaks the protocol's own headers to it, and names the model in its answers, since only an endpoint's engine knows a digest.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md

import { Agent as PlainAgent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { ModelEndpoint } from "../../contract";
import { binaryAnswer, binaryType, jsonRequest } from "../../engine/json-message";
import {
  callEngine,
  type Engine,
  type EngineAnswer,
  type EngineCall,
  EngineFailure,
  type EngineRequest,
  InFlight,
} from "./engine";

/** Milliseconds for a question about the model. */
const patience = 5_000;

export interface V2ServerOptions {
  /** As the user typed it; with `/v2/models/<name>` if the model has another name there. */
  readonly url: URL;
  /** Name of the model in this stack. */
  readonly model: string;
  /** Name by which answers have to name the model. */
  readonly digest: string;
  readonly signature: ModelEndpoint["signature"];
}

export class V2Server implements Engine {
  readonly model: string;
  private readonly agent: PlainAgent;
  private readonly inFlight = new InFlight();
  private readonly base: string;
  /** Name of the model there. */
  private readonly name: string;
  /** Whether the server takes tensors as JSON alone. */
  private jsonAlone = false;

  constructor(private readonly options: V2ServerOptions) {
    const { url, model, digest } = options;
    this.model = digest;
    const Agent = url.protocol === "https:" ? SecureAgent : PlainAgent;
    this.agent = new Agent({ keepAlive: true });
    const [, base, named] = /^(.*?)(?:\/v2(?:\/models\/([^/]+))?)?\/?$/.exec(url.pathname) ?? [];
    this.base = base ?? "";
    this.name = decodeURIComponent(named ?? model);
  }

  /** @throws Error saying what is wrong, and what to do, if the server does not serve this model */
  async open(): Promise<void> {
    const { signature, model } = this.options;
    const server = await this.ask("GET", "/v2");
    // It has no extension by which this could be seen: KServe takes binary tensors and lists none either.
    this.jsonAlone =
      server.status === 200 && (JSON.parse(server.body.toString("utf8")) as { name?: string }).name === "mlserver";
    const ready = await this.ask("GET", `${this.path}/ready`);
    const described = ready.status === 200 ? await this.ask("GET", this.path) : undefined;
    if (described?.status !== 200) {
      const there = await this.names();
      const cure =
        there.length === 0
          ? "load it there"
          : `it serves ${there.join(", ")}: --engine ${model}=${this.addressOf(there[0]!)}`;
      throw new Error(`the server does not serve ${this.name}; ${cure}`);
    }
    const metadata = JSON.parse(described.body.toString("utf8")) as Described;
    const outputs = signature.outputs.flatMap(({ name, tensor, datatype }) =>
      datatype === undefined ? [] : [{ name: tensor ?? name, datatype }],
    );
    const difference =
      differing("input", signature.inputs, metadata.inputs) ?? differing("output", outputs, metadata.outputs);
    if (difference !== undefined) throw new Error(`the server's ${this.name} is another model: ${difference}`);
  }

  async invoke({ contentType = "", body }: EngineRequest): Promise<EngineAnswer> {
    return this.inFlight.during(async () => {
      const binary = contentType.startsWith(binaryType);
      const asJson = binary && this.jsonAlone;
      const answer = await this.call({
        method: "POST",
        path: `${this.path}/infer`,
        headers:
          asJson || !binary
            ? { "content-type": "application/json" }
            : {
                "content-type": "application/octet-stream",
                "inference-header-content-length": contentType.slice(binaryType.length),
              },
        body: asJson ? jsonRequest(body, contentType) : body,
      });
      if (answer.status !== 200) return { ...answer, contentType: undefined };
      return asJson ? { status: 200, ...binaryAnswer(answer.body, this.model) } : this.renamed(answer);
    });
  }

  retire(): Promise<void> {
    return this.inFlight.end().then(() => this.close());
  }

  close(): Promise<void> {
    this.agent.destroy();
    return Promise.resolve();
  }

  private get path(): string {
    return `/v2/models/${encodeURIComponent(this.name)}`;
  }

  private addressOf(name: string): string {
    return `${this.options.url.origin}${this.base}/v2/models/${name}`;
  }

  /** The answer with the digest as the model's name. */
  private renamed({ status, headers, body }: Awaited<ReturnType<typeof callEngine>>): EngineAnswer {
    const length = headers["inference-header-content-length"];
    const end = typeof length === "string" ? Number(length) : body.length;
    const text = body.toString("utf8", 0, end);
    const own = `"model_name":"${this.model}"`;
    // A quote within a text is escaped, so this finds the member alone.
    const known = /"model_name"\s*:\s*"(?:[^"\\]|\\.)*"/;
    const json = Buffer.from(known.test(text) ? text.replace(known, own) : text.replace("{", `{${own},`));
    if (length === undefined) return { status, contentType: "application/json", body: json };
    return { status, contentType: `${binaryType}${json.length}`, body: Buffer.concat([json, body.subarray(end)]) };
  }

  /** Names of the models there, as far as the server has Triton's index of its repository. */
  private async names(): Promise<string[]> {
    const { status, body } = await this.ask("POST", "/v2/repository/index");
    if (status !== 200) return [];
    const models = JSON.parse(body.toString("utf8")) as { name: string; state?: string }[];
    return models.filter(({ state = "READY" }) => state === "READY").map(({ name }) => name);
  }

  private async ask(method: "GET" | "POST", path: string) {
    const body = method === "POST" ? Buffer.from("{}") : undefined;
    try {
      return await this.call({ method, path, headers: {}, body, timeout: patience });
    } catch (error) {
      if (!(error instanceof EngineFailure)) throw error;
      throw new Error(`no V2 server answers at ${this.options.url.origin}: start it, or correct the address`);
    }
  }

  private call({ path, ...call }: Pick<EngineCall, "method" | "headers" | "body" | "timeout"> & { path: string }) {
    const { protocol, hostname, port } = this.options.url;
    const secure = protocol === "https:";
    // A literal IPv6 address stands in brackets in a URL alone.
    const host = hostname.replace(/^\[|\]$/g, "");
    return callEngine({
      ...call,
      to: { host, port: port === "" ? undefined : port, path: `${this.base}${path}` },
      secure,
      agent: this.agent,
    });
  }
}

interface NamedTensor {
  readonly name: string;
  readonly datatype: string;
}

interface Described {
  readonly inputs?: readonly NamedTensor[] | null;
  readonly outputs?: readonly NamedTensor[] | null;
}

/** Which tensor the server lacks or has as another datatype; servers that describe none cannot be compared. */
function differing(
  what: string,
  wanted: readonly NamedTensor[],
  there: readonly NamedTensor[] | null | undefined,
): string | undefined {
  if (there === undefined || there === null || there.length === 0) return undefined;
  for (const { name, datatype } of wanted) {
    const found = there.find((tensor) => tensor.name === name);
    if (found === undefined) return `it has no ${what} ${name}, but ${there.map((tensor) => tensor.name).join(", ")}`;
    if (found.datatype !== datatype) return `its ${what} ${name} is ${found.datatype}, and this stack's is ${datatype}`;
  }
  return undefined;
}
