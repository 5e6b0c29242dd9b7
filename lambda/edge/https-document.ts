// One document over HTTPS: bounded in time and size, no redirects, verified certificates.

import { request, type RequestOptions } from "node:https";

/** HTTP APIs allow a JWK set 1,500 ms and 150 KB (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html). */
const timeLimit = 1_500;
const sizeLimit = 150 * 1024;

/** Connection options: the agent, and in tests the certificate authority. */
export type Connection = Pick<RequestOptions, "agent" | "ca">;

/**
 * The text of the document.
 *
 * @throws Error where the address is not https, the answer is not 200, or it exceeds its limit of time or size
 */
export function httpsDocument(address: string, connection: Connection): Promise<string> {
  return new Promise((resolve, reject) => {
    // One clock over the whole exchange: a server that trickles bytes is cut off as one that is silent.
    const signal = AbortSignal.timeout(timeLimit);
    // Other schemes than https are refused by the module itself (ERR_INVALID_PROTOCOL).
    const call = request(address, { ...connection, signal, headers: { accept: "application/json" } }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const fail = (error: Error) => {
        call.destroy();
        reject(error);
      };
      // A redirect could lead to a host that is not the issuer's; it counts as a failure.
      if (answer.statusCode !== 200) return fail(new Error(`answered ${String(answer.statusCode)}, expected 200`));
      answer.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > sizeLimit) return fail(new Error(`longer than ${String(sizeLimit)} bytes`));
        chunks.push(chunk);
      });
      answer.on("error", reject);
      answer.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    });
    call.on("error", (error) => reject(signal.aborted ? new Error(`no answer within ${String(timeLimit)} ms`) : error));
    call.end();
  });
}
