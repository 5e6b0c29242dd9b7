// A strict, forward-only JSON reader (RFC 8259) over bytes, which builds only the values that its caller asks for. It
// does not check that the bytes are UTF-8: its caller must, for the part that was read, before using the result.

import { Failure, invalid } from "../failure";
import { isWordByte, jsonNumber, kinds, loneSurrogate, unescaped, wordKind } from "./json-token";

const quote = 0x22;
const backslash = 0x5c;

/** Limits on the members of one object and on nesting outside tensor data, far above what any client needs. */
export const maximumMembers = 1000;
export const maximumDepth = 32;

export class JsonCursor {
  /** Offset of the next byte to read. */
  at = 0;
  /** The field being read, for failure messages: `inputs[0].data`. */
  field = "body";

  constructor(readonly bytes: Buffer) {}

  /** Skips white space and returns the first byte of the next token without consuming it; 0 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
    this.at = at;
    return byte ?? 0;
  }

  /** Consumes the byte order mark that some editors and Windows programs write first (RFC 8259 section 8.1 lets us ignore it). */
  skipByteOrderMark(): void {
    const { bytes } = this;
    if (this.at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  /** Consumes `null` if it comes next, and returns whether it did: for an optional member it means that there is none. */
  acceptNull(): boolean {
    if (this.peek() !== 0x6e || this.bytes.toString("latin1", this.at, this.at + 4) !== "null") return false;
    this.at += 4;
    return true;
  }

  /** Consumes the next token if it is this punctuation byte, and returns whether it was. */
  accept(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  expect(byte: number): void {
    if (!this.accept(byte)) throw this.malformed(`expected ${String.fromCharCode(byte)}`);
  }

  /**
   * Calls `member` for each key, with the cursor before the value, which it must consume. Duplicate keys are refused.
   */
  object(member: (key: string) => void): void {
    if (!this.accept(0x7b)) throw this.mismatch("an object");
    if (this.accept(0x7d)) return;
    const seen = new Set<string>();
    do {
      this.peek();
      const key = this.string();
      // Parsers differ on which of two equal keys counts: one may check one value, and another use the other.
      if (seen.has(key)) throw this.unfit("a key occurs twice in one object");
      if (seen.size === maximumMembers) throw this.unfit(`an object has more than ${maximumMembers} members`);
      seen.add(key);
      this.expect(0x3a);
      member(key);
    } while (this.accept(0x2c));
    this.expect(0x7d);
  }

  /** Calls `element` for each element, with the cursor before the element, which it must consume. */
  array(element: (index: number) => void): void {
    if (!this.accept(0x5b)) throw this.mismatch("a list");
    if (this.accept(0x5d)) return;
    let index = 0;
    do element(index++);
    while (this.accept(0x2c));
    this.expect(0x5d);
  }

  /** Reads and decodes a string. Lone surrogates are refused: systems differ on them, as they have no UTF-8 form. */
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
    if (loneSurrogate.test(text)) throw this.unfit("a string has half of a surrogate pair", start);
    return text;
  }

  /** Reads a value that must be a string. @throws Failure `invalid-request` if it is another */
  text(): string {
    if (this.peek() !== quote) throw this.mismatch("a string");
    return this.string();
  }

  /** Reads any value and discards it. */
  skip(depth = 0): void {
    if (depth > maximumDepth) throw this.unfit(`more than ${maximumDepth} levels of nesting`);
    const first = this.peek();
    if (first === 0x7b) this.object(() => this.skip(depth + 1));
    else if (first === 0x5b) this.array(() => this.skip(depth + 1));
    else if (first === quote) this.string();
    else this.scalar();
  }

  /**
   * Skips an array without validating its content, several times as fast as `skip`: only for data that is parsed later.
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

  /** Reads `true`, `false`, `null` or a number, as text. */
  scalar(): string {
    const text = this.word();
    if (text === "true" || text === "false" || text === "null") return text;
    if (!jsonNumber.test(text)) throw this.malformed("expected a value", this.at - text.length);
    return text;
  }

  /** Reads up to the next delimiter, as text and unvalidated; 4096 characters at most, enough for any number. */
  word(): string {
    this.peek();
    const start = this.at;
    const { bytes } = this;
    let { at } = this;
    while (isWordByte(bytes[at])) at++;
    if (at - start > 4096) throw this.unfit("a number has more than 4096 characters", start);
    this.at = at;
    return bytes.toString("latin1", start, at);
  }

  /** Checks that only white space follows up to the end of the JSON, an offset. */
  end(end = this.bytes.length): void {
    this.peek();
    // White space may go on behind the end, where the bytes are no longer JSON.
    if (this.at < end) throw this.malformed("expected the end");
  }

  /**
   * A failure for the value that comes next (or at a position before): `invalid-request`, with its type instead of the wanted one, or
   * `malformed-json` if it is no value of JSON. The value itself is never told.
   */
  mismatch(wanted: string, at = this.at): Failure {
    this.at = at;
    const first = this.peek();
    const start = this.at;
    const kind = kinds[String.fromCharCode(first)] ?? wordKind(this.word());
    if (kind === undefined) return this.malformed("expected a value", start);
    return this.unfit(`must be ${wanted}, not ${kind},`, start);
  }

  /** A failure `malformed-json` that gives the position, never the content. */
  malformed(fault: string, at = this.at): Failure {
    return new Failure("malformed-json", `${fault} at byte ${at}`);
  }

  /** A failure `invalid-request`: valid JSON, but not a value that the field may have. */
  unfit(fault: string, at = this.at): Failure {
    return invalid(this.field, `${fault} at byte ${at}`);
  }
}
