// Calls of the stand-in for SageMaker's runtime, signed as the function signs them, or wrongly.

import { createHash } from "node:crypto";
import { request } from "node:https";
import { Sha256 } from "../../../local/iam/sigv4/signature";
import { SignatureV4 } from "@smithy/signature-v4";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface RuntimeCall {
  readonly url: string;
  readonly ca: string;
  /** Absent: not signed. */
  readonly keys?: Keys;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly service?: string;
  readonly region?: string;
}

export interface RuntimeAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The answer's `x-amzn-ErrorType`. */
  readonly error: string | undefined;
}

export async function invoke(call: RuntimeCall): Promise<RuntimeAnswer> {
  const { url, ca, keys, path, method = "POST", body = Buffer.alloc(0) } = call;
  const { host, hostname, port } = new URL(url);
  const headers: Record<string, string> = {
    host,
    ...call.headers,
    "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
  };
  const unsigned = { method, protocol: "https:", hostname, path, headers, body };
  const service = call.service ?? "sagemaker";
  const region = call.region ?? "us-east-1";
  const signed =
    keys === undefined
      ? unsigned
      : await new SignatureV4({ service, region, credentials: keys, sha256: Sha256 }).sign(unsigned);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: hostname, port, path, method, headers: signed.headers, ca, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode!,
            type: answer.headers["content-type"],
            headers: answer.headers,
            body: Buffer.concat(chunks),
            error: answer.headers["x-amzn-errortype"] as string | undefined,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const binary = "application/vnd.sagemaker-triton.binary+json;json-header-size=";

/** A V2 request with one binary input `x`, all outputs binary. */
export function binaryRequest(
  input: object,
  data: Buffer,
  outputs?: readonly object[],
): { headers: Record<string, string>; body: Buffer } {
  const json = Buffer.from(
    JSON.stringify({
      inputs: [{ ...input, parameters: { binary_data_size: data.length } }],
      ...(outputs === undefined ? { parameters: { binary_data_output: true } } : { outputs }),
    }),
  );
  return { headers: { "content-type": `${binary}${json.length}` }, body: Buffer.concat([json, data]) };
}

/** The JSON and the bytes behind it of an answer. */
export function parted({ type, body }: RuntimeAnswer): { json: Record<string, unknown>; data: Buffer } {
  const size = type?.startsWith(binary) === true ? Number(type.slice(binary.length)) : body.length;
  return { json: JSON.parse(body.toString("utf8", 0, size)) as Record<string, unknown>, data: body.subarray(size) };
}
