// Reads the server name (SNI) from a TLS ClientHello before any endpoint answers: the endpoints on a port differ in TLS
// versions and in requesting a client certificate, which is negotiated in reply to that message.
// RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3.

/** Largest ClientHello that is awaited, in bytes; browsers with post-quantum key shares send about 2,000. */
const longest = 16_384;

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const hostName = 0;

/**
 * @param bytes everything that the client has sent so far
 * @returns the server name in lower case; `undefined` if more bytes are needed; empty if the client names none or sends
 *   something else than a ClientHello, for which the TLS library then sends the right alert
 */
export function serverNameIn(bytes: Buffer): string | undefined {
  const message = handshakeMessage(bytes);
  if (message === undefined) return bytes.length < longest ? undefined : "";
  return message === "none" ? "" : nameIn(new Reader(message));
}

/** The first handshake message, reassembled from its records, which may split it anywhere. */
function handshakeMessage(bytes: Buffer): Buffer | "none" | undefined {
  const parts: Buffer[] = [];
  let collected = 0;
  for (let at = 0; ;) {
    if (bytes.length > at && bytes[at] !== handshakeRecord) return "none";
    if (bytes.length < at + 5) return undefined;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    const part = bytes.subarray(at + 5, end);
    parts.push(part);
    collected += part.length;
    if (collected >= 4) {
      const message = Buffer.concat(parts);
      if (message[0] !== clientHello) return "none";
      const length = message.readUIntBE(1, 3);
      if (length > longest) return "none";
      if (collected >= 4 + length) return message.subarray(4, 4 + length);
    }
    if (bytes.length < end) return undefined;
    // Empty records make no progress; `longest` stops a client that keeps sending them.
    at = end;
  }
}

function nameIn(hello: Reader): string {
  hello.skip(2 + 32); // legacy_version, random
  hello.vector(1); // legacy_session_id
  hello.vector(2); // cipher_suites
  hello.vector(1); // legacy_compression_methods
  const extensions = new Reader(hello.vector(2));
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (type !== serverNameExtension) continue;
    const names = new Reader(new Reader(content).vector(2));
    while (names.left > 0) {
      const kind = names.number(1);
      const name = names.vector(2);
      if (kind === hostName) return name.toString("latin1").toLowerCase();
    }
  }
  return "";
}

/** Reads big-endian fields. Reading past the end yields zeros and empty vectors, which ends every loop above. */
class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  skip(count: number): void {
    this.at = Math.min(this.bytes.length, this.at + count);
  }

  number(size: number): number {
    if (this.left < size) {
      this.skip(size);
      return 0;
    }
    const value = this.bytes.readUIntBE(this.at, size);
    this.at += size;
    return value;
  }

  vector(size: number): Buffer {
    const length = this.number(size);
    const from = this.at;
    this.skip(length);
    return this.bytes.subarray(from, this.at);
  }
}
