// The protocol between gateway and function process: length-prefixed frames over a socket pair instead of Node's IPC.
// As on Lambda, the handler finds neither `process.send` nor a channel to disconnect. It is faster, too: a large base64
// body travels as raw bytes beside the JSON, neither escaped, scanned nor parsed, and is read into one large buffer.
// Measured (Node 20.20, 2 cores; small event / event with 5.3 MB base64 body; wall µs per hop, one at a time):
//   IPC "json" 80 / 25,400 · IPC "advanced", event as object 75 / 11,200, as JSON text 75 / 16,300 · these frames 29 / 4,200.

/** A serialised payload: JSON, and the body that was taken out of it. */
export interface Payload {
  readonly json: string;
  /** Value of the JSON object's `body`, which is empty there; empty if the JSON is complete. ASCII only. */
  readonly body: string;
  /** Size in bytes of the payload as one JSON text, which Lambda's payload limits apply to. */
  readonly bytes: number;
}

/** Bodies with fewer characters are cheaper inside the JSON. */
const apartFrom = 16 * 1024;

const headerBytes = 12;

/**
 * Serialises a value with JSON's semantics: what JSON cannot represent is omitted, or becomes `null` at the top level.
 * @throws TypeError for what JSON.stringify rejects (BigInt, a cycle), and whatever a `toJSON` throws
 */
export function payloadOf(value: unknown): Payload {
  if (!hasLargeBody(value)) {
    // Its type promises a string, but JSON.stringify returns undefined for undefined, functions and symbols.
    const json = (JSON.stringify(value) as string | undefined) ?? "null";
    return { json, body: "", bytes: Buffer.byteLength(json) };
  }
  const json = JSON.stringify({ ...value, body: "" });
  // Exact for base64, which needs no escapes.
  return { json, body: value.body, bytes: Buffer.byteLength(json) + value.body.length };
}

/** A proxy event or response with a large base64 body. Plain objects only: others may serialise differently. */
function hasLargeBody(value: unknown): value is { body: string } {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  const { body, isBase64Encoded, toJSON } = value as Record<string, unknown>;
  if (typeof body !== "string" || isBase64Encoded !== true || toJSON !== undefined) return false;
  return body.length >= apartFrom && Buffer.byteLength(body) === body.length;
}

/**
 * Encodes a frame: sizes of head, payload and body in bytes (u32, little endian), then head as JSON, payload as JSON,
 * body as Latin-1.
 */
export function frame(head: object, payload?: Payload): Buffer {
  const headJson = JSON.stringify(head);
  const headSize = Buffer.byteLength(headJson);
  const bodySize = payload?.body.length ?? 0;
  const payloadSize = payload === undefined ? 0 : payload.bytes - bodySize;
  const bytes = Buffer.allocUnsafe(headerBytes + headSize + payloadSize + bodySize);
  bytes.writeUInt32LE(headSize, 0);
  bytes.writeUInt32LE(payloadSize, 4);
  bytes.writeUInt32LE(bodySize, 8);
  bytes.write(headJson, headerBytes, "utf8");
  if (payload !== undefined) {
    bytes.write(payload.json, headerBytes + headSize, "utf8");
    if (bodySize > 0) bytes.write(payload.body, headerBytes + headSize + payloadSize, "latin1");
  }
  return bytes;
}

/** Splits a stream of bytes into frames. */
export class FrameReader {
  private readonly header = Buffer.alloc(headerBytes);
  private headerHas = 0;
  private content: Buffer | undefined;
  private contentHas = 0;

  /**
   * @param limit largest content of a frame in bytes
   * @param receive called with each frame; `payload` is `undefined` if the frame has none
   */
  constructor(
    private readonly limit: number,
    private readonly receive: (head: unknown, payload: unknown) => void,
  ) {}

  /**
   * Takes the first `length` bytes of a chunk, which may be overwritten afterwards.
   * @throws Error for a frame over the limit
   */
  push(chunk: Uint8Array, length = chunk.length): void {
    let at = 0;
    while (at < length) {
      if (this.content === undefined) {
        const end = this.headerHas === 0 ? this.whole(chunk, at, length) : undefined;
        if (end !== undefined) {
          at = end;
          continue;
        }
        const taken = Math.min(headerBytes - this.headerHas, length - at);
        this.header.set(chunk.subarray(at, at + taken), this.headerHas);
        this.headerHas += taken;
        at += taken;
        if (this.headerHas < headerBytes) return;
        this.content = Buffer.allocUnsafe(this.sizeOf(this.header, 0));
        this.contentHas = 0;
      }
      const taken = Math.min(this.content.length - this.contentHas, length - at);
      this.content.set(chunk.subarray(at, at + taken), this.contentHas);
      this.contentHas += taken;
      at += taken;
      if (this.contentHas < this.content.length) return;
      const content = this.content;
      this.content = undefined;
      this.headerHas = 0;
      this.finish(content, 0, 0, content.length, this.header);
    }
  }

  /** Receives a frame that lies whole in the chunk, as most do, where it is. @returns its end, or undefined if it is not whole */
  private whole(chunk: Uint8Array, at: number, length: number): number | undefined {
    if (length - at < headerBytes) return undefined;
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = at + headerBytes + this.sizeOf(bytes, at);
    if (end > length) return undefined;
    this.finish(bytes, at, at + headerBytes, end);
    return end;
  }

  /** @throws Error for a frame over the limit */
  private sizeOf(header: Buffer, at: number): number {
    const size = header.readUInt32LE(at) + header.readUInt32LE(at + 4) + header.readUInt32LE(at + 8);
    if (size > this.limit) throw new Error(`A frame is over the limit of ${this.limit} bytes.`);
    return size;
  }

  private finish(bytes: Buffer, header: number, start: number, end: number, sizes = bytes): void {
    const headEnd = start + sizes.readUInt32LE(header);
    const payloadEnd = headEnd + sizes.readUInt32LE(header + 4);
    const head = JSON.parse(bytes.toString("utf8", start, headEnd)) as unknown;
    if (payloadEnd === headEnd) {
      this.receive(head, undefined);
      return;
    }
    const payload = JSON.parse(bytes.toString("utf8", headEnd, payloadEnd)) as unknown;
    if (end > payloadEnd) (payload as { body: string }).body = bytes.toString("latin1", payloadEnd, end);
    this.receive(head, payload);
  }
}
