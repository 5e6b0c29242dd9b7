// Requests to an issuer of tokens: its documents, and its token endpoint (RFC 6749 section 4.4: a form in, JSON out).

import { request } from "node:https";
import { NotTried } from "./source";

/** Longest wait, in milliseconds. */
const patience = 30_000;

/**
 * @param ca PEM of the only authority to trust; absent: the public ones
 * @returns the body
 * @throws NotTried if it cannot be reached, for a status from 400 on, and for what is no JSON; its message quotes no body
 */
export function post(url: URL, form: Readonly<Record<string, string>>, ca?: string): Promise<unknown> {
  return json(url, "POST", new URLSearchParams(form).toString(), ca);
}

/** As `post`, with GET. */
export function get(url: URL, ca?: string): Promise<unknown> {
  return json(url, "GET", "", ca);
}

function json(url: URL, method: string, body: string, ca: string | undefined): Promise<unknown> {
  const headers = body === "" ? {} : { "content-type": "application/x-www-form-urlencoded" };
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new NotTried(`${method} ${url.origin}${url.pathname}: ${why}`));
    const sent = request(url, { method, headers, ca, timeout: patience, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      response.on("end", () => {
        if (response.statusCode! >= 400) return fail(`status ${response.statusCode}`);
        try {
          resolve(JSON.parse(text));
        } catch {
          fail("no JSON");
        }
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.on("error", ({ code, message }: NodeJS.ErrnoException) => fail(code ?? message));
    sent.end(body);
  });
}
