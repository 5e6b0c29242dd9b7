// Protocol Buffers' wire format: the fields of a message, in place. What a caller does not look at costs nothing: weights
// are skipped by their length. The file may be hostile: every length is checked, and the number of fields is bounded.
// Source: https://protobuf.dev/programming-guides/encoding/

/** The file is not what it says it is: cut off, of another format, or made to harm. */
export class MalformedModel extends Error {}

/** A message: a part of the file. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Shared by all messages of a file: how many more fields may be read. */
  readonly budget: { fields: number };
}

export interface Field {
  readonly number: number;
  /** Position of the field's tag, in bytes from the start of the file. */
  readonly at: number;
  /** Value of a varint, as 64-bit two's complement and exact up to 2^53; of a fixed field, 0. */
  readonly value: number;
  /** Content of a length-delimited field; of others, empty. */
  readonly content: Message;
}

/** Fields that are read of one file, at most: about a second. Large real models have some ten thousand. */
const mostFields = 10_000_000;

export function message(bytes: Uint8Array): Message {
  return { bytes, start: 0, end: bytes.length, budget: { fields: mostFields } };
}

/** The message's fields, in their order. @throws MalformedModel */
export function* fields({ bytes, start, end, budget }: Message): Generator<Field> {
  let at = start;
  while (at < end) {
    if (--budget.fields < 0) throw new MalformedModel(`has more than ${mostFields} fields`);
    const tagAt = at;
    const tag = varint(bytes, at, end);
    at = tag.end;
    const number = Math.floor(tag.value / 8);
    if (number < 1 || number > 0x1fffffff) throw broken(tagAt, "a field has an impossible number");
    const kind = tag.value % 8;
    let value = 0;
    let [from, to] = [at, at];
    if (kind === 0) ({ value, end: to } = varint(bytes, at, end));
    else if (kind === 1) to = at + 8;
    else if (kind === 5) to = at + 4;
    else if (kind === 2) {
      const length = varint(bytes, at, end);
      from = length.end;
      to = from + length.value;
      if (length.value < 0) throw broken(tagAt, "a field has a negative length");
    } else throw broken(tagAt, "a field has a type that is not used");
    if (to > end) throw broken(tagAt, "a field reaches beyond its end");
    yield { number, at: tagAt, value, content: { bytes, start: kind === 2 ? from : to, end: to, budget } };
    at = to;
  }
}

/** Longest text that is taken from a file, in bytes: names and metadata are far shorter. */
const longestText = 1024 * 1024;

/** @throws MalformedModel if it is longer than a megabyte */
export function text({ bytes, start, end }: Message): string {
  if (end - start > longestText) throw broken(start, "a name is longer than a megabyte");
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}

/** The numbers of a repeated integer field, which may be written packed. */
export function integers(field: Field, numbers: number[]): void {
  const { bytes, start, end } = field.content;
  if (start === end) return void numbers.push(field.value);
  for (let at = start; at < end;) {
    const { value, end: next } = varint(bytes, at, end);
    numbers.push(value);
    at = next;
  }
}

/** Reads at most ten bytes, 64 bits. Beyond 2^53 a value is rounded: no size and no version is that large. */
function varint(bytes: Uint8Array, start: number, limit: number): { value: number; end: number } {
  let value = 0;
  for (let length = 0; length < 10; length++) {
    const at = start + length;
    if (at >= limit) break;
    const byte = bytes[at]!;
    value += (byte & 0x7f) * 2 ** (7 * length);
    if (byte < 0x80) return { value: length < 9 ? value : signed(bytes, start), end: at + 1 };
  }
  throw broken(start, "a number is cut off or too long");
}

/** Ten bytes are a negative number, or more than 64 bits. */
function signed(bytes: Uint8Array, start: number): number {
  let value = 0n;
  for (let length = 0; length < 10; length++) value |= BigInt(bytes[start + length]! & 0x7f) << BigInt(7 * length);
  return Number(BigInt.asIntN(64, value));
}

function broken(at: number, what: string): MalformedModel {
  return new MalformedModel(`is no whole ONNX file: at byte ${at}, ${what}`);
}
