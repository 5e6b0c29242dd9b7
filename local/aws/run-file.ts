// What `npm run rotate` needs of a local run: where its stand-ins for AWS's services are, and the operator's credentials.

import { readFileSync } from "node:fs";
import { request } from "node:https";
import { SignatureV4 } from "@smithy/signature-v4";
import { writeRunFile } from "../base/run-files";
import type { LocalFunctions } from "../functions/local-functions";
import { Sha256 } from "../iam/sigv4/signature";
import type { LocalAws } from "./local-aws";

export interface RunFile {
  readonly stack: string;
  /** URL of the local stand-ins for AWS services. */
  readonly endpoint: string;
  /** Path of the certificate to trust. */
  readonly ca: string;
  /** Region of the secrets. */
  readonly region: string;
  /** Region of the API. */
  readonly apiRegion: string;
  /** ARNs of the secrets that rotate, by client name; the shared secret is under the empty name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly functionName: string;
  /** Credentials of the operator. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RotationOptions {
  readonly functions: LocalFunctions;
  /** URL of an API, by its id. */
  readonly apiUrl: (apiId: string) => string;
  /** Path of the certificate that clients must trust. */
  readonly ca: string;
  readonly stack: string;
  /** Folder of the files that describe running instances. */
  readonly runs: string;
}

/**
 * Makes the first keys, and tells `npm run rotate` in a file how to call the run.
 * @returns a function that removes the run's file
 */
export async function startRotation(aws: LocalAws, { functions, apiUrl, ca, stack, runs }: RotationOptions) {
  await aws.deploy(functions, apiUrl);
  const { accessKeyId, secretAccessKey } = aws.operator;
  const { region, apiRegion, functionName, url: endpoint } = aws;
  const secrets = Object.fromEntries(aws.secrets.map(({ client, arn }) => [client, arn]));
  const run: RunFile = {
    ...{ stack, endpoint, ca, region, apiRegion },
    ...{ secrets, functionName, accessKeyId, secretAccessKey },
  };
  const remove = writeRunFile(runs, "rotate", run);
  return (): Promise<void> => Promise.resolve(remove());
}

// SigV4-signed POST to the local stand-ins, for services that the installed SDK clients do not cover.

interface SignedResponse {
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
): Promise<SignedResponse> {
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
    const sent = request(url, { method: "POST", headers, ca: readFileSync(run.ca), agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          functionError: response.headers["x-amz-function-error"] !== undefined,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
