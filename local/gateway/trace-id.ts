// The X-Ray trace of a call.

import { type Call, header } from "./call";

/** `Root=1-…`: the caller's own where it sent a well-formed one, so that its spans and ours are one. */
export function traceIdOf(call: Pick<Call, "headers" | "receivedAt">, random: string): string {
  const sent = header(call, "x-amzn-trace-id");
  if (sent !== undefined && /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;[A-Za-z]+=[\w:.-]+){0,4}$/.test(sent)) return sent;
  const seconds = Math.floor(call.receivedAt / 1000).toString(16);
  return `Root=1-${seconds.padStart(8, "0")}-${random}`;
}
