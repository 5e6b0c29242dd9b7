// A signed call to an AWS service. Nothing of the AWS SDK is used: loading it would cost the model function a third of its start.

import { dnsSuffix } from "../../contract";
import { exchange, type Exchange, type Reply } from "./https-exchange";
import { type Credentials, signed } from "./sigv4";

export interface SignedRequest extends Omit<Exchange, "repeatable" | "headers"> {
  /** Names in lower case, without `host`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly region: string;
  readonly method: "GET" | "PUT" | "POST";
  /** Not given: only a GET is. */
  readonly repeatable?: boolean;
}

/** Host of each service in its region, and the variable with which the AWS SDKs, and local runs, put another in its place. */
const services = {
  s3: { host: "s3", variable: "AWS_ENDPOINT_URL_S3" },
  sagemaker: { host: "api.sagemaker", variable: "AWS_ENDPOINT_URL_SAGEMAKER" },
  "sagemaker-runtime": { host: "runtime.sagemaker", variable: "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME" },
} as const;

/** URL of a service: that of the region, or the one that its variable sets. */
export function endpointOf(service: keyof typeof services, region: string): URL {
  const { host, variable } = services[service];
  return new URL(process.env[variable] || `https://${host}.${region}.${dnsSuffix(region)}`);
}

/** The environment's when they were read last: all three change together, and to read them costs as much as to hash a request. */
let last: Credentials | undefined;

function credentials(): Credentials {
  const { env } = process;
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  if (last !== undefined && last.accessKeyId === accessKeyId) return last;
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error("the function has no credentials");
  return (last = { accessKeyId, secretAccessKey, sessionToken: env["AWS_SESSION_TOKEN"] });
}

/**
 * Returns the response whatever its status.
 * @throws Error if there are no credentials, and as `exchange` does
 */
export async function signedRequest(request: SignedRequest): Promise<Reply> {
  const { service, region, url, method, path, body, limit, timeout, repeatable = method === "GET", aligned } = request;
  const named = { ...request.headers, host: url.host };
  const unsigned = { service, region, method, path, headers: named, body };
  const headers = signed(unsigned, credentials(), Date.now());
  return exchange({ url, method, path, headers, body, limit, timeout, repeatable, service, aligned });
}
