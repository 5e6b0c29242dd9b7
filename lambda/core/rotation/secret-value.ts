// The secret's value, `{"apiKey": "…"}`, and the generation of API keys. A client's key starts with the client's name,
// so that the model function, and anyone who finds a leaked key, can tell whose it is.

import { secretField } from "../../../contract";
import { RotationError } from "./rotation-event";

/** Random bytes in a new key: 240 bits, written as 40 base64url characters. */
export const keyBytes = 30;

/** Makes an API key from at least `keyBytes` random bytes. @param prefix start of the key; empty for the shared key */
export function keyFrom(random: Buffer, prefix: string): string {
  if (random.length < keyBytes) throw new RangeError(`a key takes ${keyBytes} random bytes`);
  return prefix + random.toString("base64url");
}

export function writeValue(apiKey: string): string {
  return JSON.stringify({ [secretField]: apiKey });
}

/**
 * The API key in a secret's value. API Gateway accepts 20 to 128 characters; here only printable ASCII without blanks,
 * which a header carries unchanged.
 * @param prefix required start of the key: a key with another client's prefix would let this client pass as the other
 * @throws RotationError with the expected form, never the value
 */
export function readValue(text: string, prefix: string): string {
  const [least, most] = [20, 128 - prefix.length];
  const malformed = new RotationError(
    `the secret's value is not {"${secretField}": "${prefix}<${least} to ${most} printable characters without blanks>"}`,
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed;
  }
  const apiKey = (value as Record<string, unknown> | null)?.[secretField];
  // Only the part after the prefix is secret, so it alone must be long enough.
  const own = typeof apiKey === "string" && apiKey.startsWith(prefix) ? apiKey.slice(prefix.length) : "";
  if (!/^[\x21-\x7e]+$/.test(own) || own.length < least || own.length > most) throw malformed;
  return prefix + own;
}
