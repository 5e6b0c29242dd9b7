// The X-Ray trace id of a call.

import { type Call, header } from "../../server/call";

/** `Root=1-…`; the caller's own if it sent a well-formed one, so that its trace includes this call. */
export function traceIdOf(call: Pick<Call, "headers" | "receivedAt">, random: string): string {
  const sent = header(call, "x-amzn-trace-id");
  if (sent !== undefined && /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;[A-Za-z]+=[\w:.-]+){0,4}$/.test(sent)) return sent;
  const seconds = Math.floor(call.receivedAt / 1000).toString(16);
  return `Root=1-${seconds.padStart(8, "0")}-${random}`;
}
