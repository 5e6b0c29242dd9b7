// Fetches a document over HTTPS: with limits on time and size, no redirects, and verified certificates.

import { request, type RequestOptions } from "node:https";

/**
 * The limits that HTTP APIs apply to a JWK set: 1,500 ms and 150 KB.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
const timeLimit = 1_500;
const sizeLimit = 150 * 1024;

/** The agent, and in tests the certificate authority. */
export type Connection = Pick<RequestOptions, "agent" | "ca">;

/**
 * The text of the document.
 *
 * @throws Error if the address is not https, the status is not 200, or a limit is exceeded
 */
export function httpsDocument(address: string, connection: Connection): Promise<string> {
  return new Promise((resolve, reject) => {
    // One timeout for the whole exchange: it also stops a server that keeps sending single bytes.
    const signal = AbortSignal.timeout(timeLimit);
    // node:https itself refuses other schemes (ERR_INVALID_PROTOCOL).
    const call = request(address, { ...connection, signal, headers: { accept: "application/json" } }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const fail = (error: Error) => {
        call.destroy();
        reject(error);
      };
      // A redirect is a failure too: it could lead to a host that is not the issuer's.
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
