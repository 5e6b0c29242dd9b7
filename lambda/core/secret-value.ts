// The secret's value: `{"apiKey": "…"}`, and where a new one comes from.

import { secretField } from "../../contract";
import { RotationFault } from "./rotation-fault";

/** Bytes of chance in a new key: 240 bits, written as 40 characters. */
export const keyBytes = 30;

/** A new API key from `keyBytes` random bytes. */
export function keyFrom(random: Buffer): string {
  if (random.length < keyBytes) throw new RangeError(`a key takes ${keyBytes} random bytes`);
  return random.toString("base64url");
}

export function writeValue(apiKey: string): string {
  return JSON.stringify({ [secretField]: apiKey });
}

/**
 * The API key in a secret's value. API Gateway takes 20 to 128 characters; only those that a header carries as they are.
 * @throws RotationFault naming the shape, never the value
 */
export function readValue(text: string): string {
  const malformed = new RotationFault(
    `the secret's value is not {"${secretField}": "<20 to 128 printable characters without blanks>"}`,
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed;
  }
  const apiKey = (value as Record<string, unknown> | null)?.[secretField];
  if (typeof apiKey !== "string" || !/^[\x21-\x7e]{20,128}$/.test(apiKey)) throw malformed;
  return apiKey;
}
