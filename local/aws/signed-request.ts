// SigV4-signed POST to the local stand-ins, for services that the installed SDK clients do not cover.

import { readFileSync } from "node:fs";
import { request } from "node:https";
import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "../iam/sigv4/signature";
import type { RunFile } from "./run-file";

export interface SignedAnswer {
  readonly status: number;
  readonly functionError: boolean;
  readonly text: string;
}

/**
 * POSTs to a run's stand-ins as its operator. Every HTTP status is returned, not thrown.
 * @throws Error if the run cannot be reached
 */
export async function signedPost(
  run: Pick<RunFile, "endpoint" | "ca" | "accessKeyId" | "secretAccessKey">,
  { service, region, path, body }: { service: string; region: string; path: string; body: string },
): Promise<SignedAnswer> {
  const url = new URL(path, run.endpoint);
  const signer = new SignatureV4({ service, region, credentials: run, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: { host: url.host },
    body,
  });
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers, ca: readFileSync(run.ca), agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          functionError: answer.headers["x-amz-function-error"] !== undefined,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}
