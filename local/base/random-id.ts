// Random ids of requests and spans. One is needed for each request, and the system's generator takes as long for 4 KB as for 8 bytes.

import { randomFillSync } from "node:crypto";

const drawn = Buffer.allocUnsafeSlow(4096);
let at = drawn.length;

/** @param bytes 1 to 4,096 of the system's random bytes, each given away once */
export function randomId(bytes: number, encoding: "hex" | "base64url"): string {
  if (at + bytes > drawn.length) {
    randomFillSync(drawn);
    at = 0;
  }
  at += bytes;
  return drawn.toString(encoding, at - bytes, at);
}

/** An id of the form that API Gateway gives a request beside its UUID: `Ab3dEf6hIj9kLmN=`. */
export function shortRequestId(): string {
  return `${randomId(11, "base64url").slice(0, 15)}=`;
}
