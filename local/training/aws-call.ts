// SigV4-signed call to a real AWS service with the environment's credentials, for commands that act on a deployed
// stack.

import { createHash } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { dnsSuffix } from "../../contract";
import { Sha256 } from "../iam/sigv4/signature";

export interface AwsCall {
  readonly service: "lambda" | "s3";
  readonly region: string;
  readonly method: "POST" | "PUT";
  /** Percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * `AWS_ENDPOINT_URL_<SERVICE>` overrides the address. Every HTTP status is returned, not thrown.
 * @throws Error if the environment has no credentials, the service cannot be reached, or it redirects
 */
export async function awsCall({ service, region, method, path, query = {}, body }: AwsCall): Promise<Response> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
    throw new Error('no credentials in the environment: eval "$(aws configure export-credentials --format env)"');
  }
  const set = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`];
  const url = new URL(path, set ?? `https://${service}.${region}.${dnsSuffix(region)}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const signer = new SignatureV4({
    service,
    region,
    credentials: AWS_SESSION_TOKEN === undefined ? credentials : { ...credentials, sessionToken: AWS_SESSION_TOKEN },
    sha256: Sha256,
    // S3 is the only service that signs the path as it is sent, without encoding it a second time.
    uriEscapePath: service !== "s3",
  });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: { ...query },
    headers: { host: url.host, "x-amz-content-sha256": createHash("sha256").update(body).digest("hex") },
    body,
  });
  return fetch(url, { method, headers, body: new Uint8Array(body), redirect: "error" });
}
