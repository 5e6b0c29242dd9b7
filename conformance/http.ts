// Sends a case's request, in the same way to an API that is served here and to a deployed one.

import { type RequestOptions, request as httpsRequest } from "node:https";
import type { Request } from "./case";
import type { Answer } from "./compare";

export function bodyOf(body: Request["body"]): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  return "base64" in body ? Buffer.from(body.base64, "base64") : Buffer.alloc(body.bytes, "x");
}

/**
 * @param headers names and values as they go out; a length is added where there is a body and none is named
 * @throws Error if the connection fails, or nothing comes for `timeout` milliseconds
 */
export function sendRequest(
  options: Omit<RequestOptions, "headers">,
  headers: readonly (readonly [name: string, value: string])[],
  body: Buffer,
): Promise<Answer> {
  const sized = body.length === 0 || headers.some(([name]) => name.toLowerCase() === "content-length");
  const all = sized ? headers : [...headers, ["Content-Length", String(body.length)]];
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({ ...options, headers: all.flat(), agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const raw = response.rawHeaders;
        const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]!] as const] : []));
        resolve({ status: response.statusCode!, headers: pairs, body: Buffer.concat(chunks) });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`${options.hostname ?? ""}: no answer in time`)));
    sent.on("error", reject);
    sent.end(body.length > 0 ? body : undefined);
  });
}
