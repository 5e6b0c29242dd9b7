// A zip archive with one file, in the form in which GitHub serves an artifact.
// Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.7, 4.3.12, 4.3.16)

import { deflateRawSync } from "node:zlib";

export function zip(name: string, content: Buffer): Buffer {
  const data = deflateRawSync(content);
  const title = Buffer.from(name);
  // Fields common to both headers: version, flags, method (8: deflate), time, date, CRC (0: not read), sizes, lengths.
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(8, 4);
  shared.writeUInt32LE(data.length, 14);
  shared.writeUInt32LE(content.length, 18);
  shared.writeUInt16LE(title.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, title, data]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02\x14\x00", "latin1"),
    shared,
    Buffer.alloc(14), // comment, disk, attributes, offset of the local header: 0
    title,
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
