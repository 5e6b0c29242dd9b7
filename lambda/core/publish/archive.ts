// Extracts one file from a `model.tar.gz`, in memory and within bounds: nothing is written to disk, so path traversal
// is impossible, and inflation stops at a limit, so a zip bomb cannot exhaust memory.
// Source: POSIX.1-2017, pax, "ustar Interchange Format"

import { createGunzip } from "node:zlib";
import { Readable } from "node:stream";

export interface ArchiveLimits {
  /** Maximum size of the extracted file, in bytes. */
  readonly file: number;
  /** Maximum size of the whole inflated archive, in bytes. */
  readonly inflated: number;
  /** Maximum ratio of inflated to compressed bytes. */
  readonly ratio: number;
}

/** Inflated bytes allowed at any ratio: a tar file ends in 1 KB of zeros and is padded to 10 KB. */
const alwaysAllowed = 1024 * 1024;
const block = 512;
/** Spellings of the file's name: `tar c *` writes the first, `tar c .` the second. */
const spellings = (name: string) => [name, `./${name}`];

/** An archive that is refused; the message quotes nothing from the archive. */
export class ArchiveError extends Error {}

/**
 * The content of a file at the top level of a gzipped tar archive.
 * @throws ArchiveError if the archive is malformed, exceeds a limit, or does not hold the regular file exactly once
 */
export async function fileFrom(packed: Buffer, name: string, limits: ArchiveLimits): Promise<Buffer> {
  const most = Math.min(limits.inflated, Math.max(alwaysAllowed, packed.length * limits.ratio));
  const entries = entriesOf(await inflated(packed, most));
  const found = entries.filter((entry) => spellings(name).includes(entry.name));
  if (found.length !== 1) throw new ArchiveError(`the archive holds ${found.length} files ${name}, not one`);
  const { kind, content } = found[0]!;
  // Not a link, which could point anywhere.
  if (kind !== "0" && kind !== "\0") throw new ArchiveError(`${name} is not a plain file`);
  if (content.length > limits.file) throw new ArchiveError(`${name} is larger than ${limits.file} bytes`);
  return content;
}

async function inflated(packed: Buffer, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of Readable.from([packed]).pipe(createGunzip()) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) throw new ArchiveError(`the archive inflates to more than ${most} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError("the archive is not gzip, or is cut off");
  }
  return Buffer.concat(chunks);
}

interface Entry {
  readonly name: string;
  /** The tar type flag: `0` or NUL for a regular file. */
  readonly kind: string;
  readonly content: Buffer;
}

/**
 * Type flags of pax headers, for the next entry (`x`) or all that follow (`g`). Times and owners in them are ignored.
 */
const extended = new Set(["x", "g"]);
/** Keys by which an extended header renames, relinks or resizes an entry. */
const telling = /^(path|linkpath|size|GNU\.sparse\..*)$/;
/** Type flags of GNU tar's long names. */
const longName = new Set(["L", "K"]);

/** @throws ArchiveError for a header that renames or resizes the entries that follow; a model archive needs none */
function checkHeader(kind: string, content: Buffer): void {
  if (longName.has(kind)) throw new ArchiveError("the archive has names beyond the plain format");
  if (!extended.has(kind)) return;
  for (let at = 0; at < content.length;) {
    const [, digits, key] = /^(\d{1,7}) ([^=\n]+)=/.exec(content.subarray(at, at + 128).toString("latin1")) ?? [];
    const length = Number(digits);
    if (key === undefined || !(length > 0) || telling.test(key)) {
      throw new ArchiveError("the archive has headers beyond the plain format");
    }
    at += length;
  }
}

function entriesOf(tar: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + block <= tar.length;) {
    const header = tar.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return entries;
    if (checksum(header) !== octal(header, 148, 8)) throw new ArchiveError("an entry of the archive is damaged");
    const size = octal(header, 124, 12);
    const kind = String.fromCharCode(header[156]!);
    const end = at + block + size;
    if (end > tar.length) throw new ArchiveError("the archive is cut off");
    const prefix = header.subarray(257, 262).toString("latin1") === "ustar" ? text(header, 345, 155) : "";
    const name = text(header, 0, 100);
    entries.push({
      name: prefix === "" ? name : `${prefix}/${name}`,
      kind,
      content: tar.subarray(at + block, end),
    });
    checkHeader(kind, tar.subarray(at + block, end));
    at = end + ((block - (size % block)) % block);
  }
  throw new ArchiveError("the archive is cut off");
}

/** Sum of the header's bytes, with the checksum field itself counted as spaces. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let index = 0; index < block; index++) sum += index >= 148 && index < 156 ? 32 : header[index]!;
  return sum;
}

function octal(header: Buffer, from: number, length: number): number {
  const digits = text(header, from, length).trim();
  if (!/^[0-7]{1,11}$/.test(digits)) throw new ArchiveError("an entry of the archive has no plain size");
  return parseInt(digits, 8);
}

function text(header: Buffer, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("utf8");
}
