// The secret's value: `{"apiKey": "…"}`, and where a new one comes from. A client's key begins with the client's name, so that
// the model function, and whoever finds it where it should not be, knows whose it is.

import { secretField } from "../../contract";
import { RotationFault } from "./rotation-fault";

/** Bytes of chance in a new key: 240 bits, written as 40 characters. */
export const keyBytes = 30;

/** A new API key from `keyBytes` random bytes. @param prefix what it begins with; empty for nobody's in particular */
export function keyFrom(random: Buffer, prefix: string): string {
  if (random.length < keyBytes) throw new RangeError(`a key takes ${keyBytes} random bytes`);
  return prefix + random.toString("base64url");
}

export function writeValue(apiKey: string): string {
  return JSON.stringify({ [secretField]: apiKey });
}

/**
 * The API key in a secret's value. API Gateway takes 20 to 128 characters; only those that a header carries as they are.
 * @param prefix what it has to begin with: another client's key in this one's secret would be the other, at the model
 * @throws RotationFault naming the shape, never the value
 */
export function readValue(text: string, prefix: string): string {
  const [least, most] = [20, 128 - prefix.length];
  const malformed = new RotationFault(
    `the secret's value is not {"${secretField}": "${prefix}<${least} to ${most} printable characters without blanks>"}`,
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed;
  }
  const apiKey = (value as Record<string, unknown> | null)?.[secretField];
  // What follows the name is the secret of it: that alone has to be long enough.
  const own = typeof apiKey === "string" && apiKey.startsWith(prefix) ? apiKey.slice(prefix.length) : "";
  if (!/^[\x21-\x7e]+$/.test(own) || own.length < least || own.length > most) throw malformed;
  return prefix + own;
}
