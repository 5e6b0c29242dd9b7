// Who may speak to the console: its own page alone, opened with the token that `npm start` has printed. Another site's page in the same
// browser must not reach it, by whatever name it calls this machine (DNS rebinding).

import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface Refused {
  readonly status: 401 | 403 | 421;
  readonly error: string;
}

/**
 * Why a request is not served; `undefined`: it is.
 * @param port of the console
 * @param isPage whether it asks for the page itself, which holds nothing of the run: it needs no token, and a link may lead to it
 */
export function refusalOf(
  { headers }: Pick<IncomingMessage, "headers">,
  port: number,
  token: string,
  isPage: boolean,
): Refused | undefined {
  const { host = "", origin, authorization = "" } = headers;
  // A name that leads here by another's DNS is no name of this machine.
  if (!["localhost", "127.0.0.1", "[::1]"].some((name) => host === `${name}:${port}`))
    return { status: 421, error: "this is no address of the console" };
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, error: "the console answers its own page only" };
  if (isPage) return undefined;
  // https://www.w3.org/TR/fetch-metadata/: browsers say by themselves whose page asks.
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin")
    return { status: 403, error: "the console answers its own page only" };
  const given = /^Bearer ([\w-]{1,200})$/.exec(authorization)?.[1] ?? "";
  if (!timingSafeEqual(digest(given), digest(token)))
    return {
      status: 401,
      error: "open the console by the address that npm start has printed: it changes with each start",
    };
  return undefined;
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

/** No script and no style but the page's own files; nobody may frame it, and nothing is cached or sniffed. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};
