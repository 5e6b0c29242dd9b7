// Fetches a JSON document of an issuer: over verified HTTPS, without redirects, within API Gateway's limits.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html ("150,000 bytes", "1500 ms")

import { get } from "node:https";
import { rootCertificates } from "node:tls";

const sizeLimit = 150_000;

/**
 * @param authority PEM of a certificate authority to trust besides the public ones, for an issuer on this machine
 * @param timeLimitMs API Gateway's own by default
 * @throws Error with a message for the operator
 */
export function issuerDocument(address: string, authority: string | undefined, timeLimitMs = 1_500): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // One timeout for the whole exchange, so that a server that trickles bytes is cut off like a silent one.
    const signal = AbortSignal.timeout(timeLimitMs);
    const ca = authority === undefined ? undefined : [...rootCertificates, authority];
    const call = get(address, { agent: false, ca, signal, headers: { accept: "application/json" } }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const fail = (why: string): void => {
        call.destroy();
        reject(new Error(why));
      };
      // A redirect could lead to a host that is not the issuer's.
      if (answer.statusCode !== 200) return fail(`the issuer answered ${String(answer.statusCode)}`);
      answer.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > sizeLimit) return fail(`the issuer's document is longer than ${sizeLimit} bytes`);
        chunks.push(chunk);
      });
      answer.on("error", reject);
      answer.on("end", () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
        } catch {
          fail("the issuer's document is not JSON");
        }
      });
    });
    call.on("error", (problem) =>
      reject(signal.aborted ? new Error(`the issuer did not answer within ${timeLimitMs} ms`) : problem),
    );
  });
}
