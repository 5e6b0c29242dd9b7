// A strict reader of JSON (RFC 8259) over bytes: it moves forward once and builds only what is asked for.
// The bytes must be valid UTF-8: who opens a cursor checks that for the part that was read (`textEnd`).

import { Failure, invalid } from "./failure";

const quote = 0x22;
const backslash = 0x5c;

/** Most members of one object, and most levels of nesting outside tensor data; no client comes near either. */
export const maximumMembers = 1000;
export const maximumDepth = 32;

export class JsonCursor {
  /** Next byte to read. */
  at = 0;
  /** What is being read, for the texts of failures: `inputs[0].data`. */
  field = "body";

  constructor(readonly bytes: Buffer) {}

  /** First byte of the next token, without reading it; 0 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
    this.at = at;
    return byte ?? 0;
  }

  /** Reads one punctuation byte if it comes next. */
  accept(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  expect(byte: number): void {
    if (!this.accept(byte)) throw this.malformed(`expected ${String.fromCharCode(byte)}`);
  }

  /** Calls `member` for each key, with the cursor before the value, which it must read. A key given twice is refused. */
  object(member: (key: string) => void): void {
    this.expect(0x7b);
    if (this.accept(0x7d)) return;
    const seen = new Set<string>();
    do {
      this.peek();
      const key = this.string();
      // Readers differ on which of two equal keys counts: a check and its use could see different values.
      if (seen.has(key)) throw this.malformed("a key occurs twice in one object");
      if (seen.size === maximumMembers) throw this.malformed(`an object has more than ${maximumMembers} members`);
      seen.add(key);
      this.expect(0x3a);
      member(key);
    } while (this.accept(0x2c));
    this.expect(0x7d);
  }

  /** Calls `element` for each element, with the cursor before it. */
  array(element: (index: number) => void): void {
    this.expect(0x5b);
    if (this.accept(0x5d)) return;
    let index = 0;
    do element(index++);
    while (this.accept(0x2c));
    this.expect(0x5d);
  }

  /** A string, decoded. Lone surrogates are refused: they have no UTF-8, so no two systems agree on them. */
  string(): string {
    const { bytes } = this;
    if (bytes[this.at] !== quote) throw this.malformed("expected a string");
    const start = ++this.at;
    let at = start;
    let plain = true;
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined) throw this.malformed("a string does not end");
      if (byte === quote) break;
      if (byte < 0x20) throw this.malformed("a control character in a string is not escaped", at);
      if (byte === backslash) {
        plain = false;
        at++;
      } else if (byte > 0x7e) plain = false;
      at++;
    }
    this.at = at + 1;
    if (plain) return bytes.toString("latin1", start, at);
    const text = unescaped(bytes.toString("utf8", start, at));
    if (text === undefined) throw this.malformed("a string has an escape that is not valid", start);
    return text;
  }

  /** Reads any value and drops it. */
  skip(depth = 0): void {
    if (depth > maximumDepth) throw this.malformed(`more than ${maximumDepth} levels of nesting`);
    const first = this.peek();
    if (first === 0x7b) this.object(() => this.skip(depth + 1));
    else if (first === 0x5b) this.array(() => this.skip(depth + 1));
    else if (first === quote) this.string();
    else this.scalar();
  }

  /**
   * Passes over an array without checking what is in it, several times as fast: only for what is read again from its
   * start before it is used.
   */
  leap(): void {
    const { bytes } = this;
    let { at } = this;
    let depth = 0;
    do {
      const byte = bytes[at];
      if (byte === undefined) throw this.malformed("an array does not end", at);
      if (byte === quote) {
        this.at = at;
        this.string();
        at = this.at;
        continue;
      }
      if (byte === 0x5b) depth++;
      else if (byte === 0x5d) depth--;
      at++;
    } while (depth > 0);
    this.at = at;
  }

  /** A word or a number, as text. */
  scalar(): string {
    const text = this.word();
    if (text === "true" || text === "false" || text === "null") return text;
    if (!jsonNumber.test(text)) throw this.malformed("expected a value", this.at - text.length);
    return text;
  }

  /** The run of bytes up to the next delimiter, as text, whatever it is; bounded, for a number has no need of more. */
  word(): string {
    this.peek();
    const start = this.at;
    const { bytes } = this;
    let { at } = this;
    while (isWordByte(bytes[at])) at++;
    if (at - start > 4096) throw this.malformed("a number has more than 4096 characters", start);
    this.at = at;
    return bytes.toString("latin1", start, at);
  }

  /** Nothing but white space may follow. */
  end(): void {
    if (this.peek() !== 0 || this.at < this.bytes.length) throw this.malformed("expected the end");
  }

  /** A failure that says where, never what stands there. */
  malformed(fault: string, at = this.at): Failure {
    return new Failure("malformed-json", `${fault} at byte ${at}`);
  }

  /** JSON, but not what the field may hold. */
  unfit(fault: string, at = this.at): Failure {
    return invalid(this.field, `${fault} at byte ${at}`);
  }
}

/** RFC 8259 section 6. */
const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Bytes that numbers and words are made of: letters, digits, `+`, `-`, `.`. */
function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

const loneSurrogate = /\p{Surrogate}/u;

/** RFC 8259 section 7, of text that has no bare quote or control character; `undefined` where an escape is wrong. */
function unescaped(text: string): string | undefined {
  if (!text.includes("\\")) return text;
  let plain: string;
  try {
    plain = JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
  return loneSurrogate.test(plain) ? undefined : plain;
}
