// `model.tar.gz`, which SageMaker makes from the files that a training job leaves in its model folder.

import { gzipSync } from "node:zlib";

const block = 512;

/** A gzipped POSIX ustar archive of regular files. @throws RangeError for a path of more than 99 bytes */
export function tarGz(files: readonly { readonly path: string; readonly content: Buffer }[]): Buffer {
  const parts = files.flatMap(({ path, content }) => [
    header(path, content.length),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(block * 2)]));
}

function header(path: string, size: number): Buffer {
  const name = Buffer.from(path);
  if (name.length > 99) throw new RangeError("a path is longer than 99 bytes");
  const head = Buffer.alloc(block);
  name.copy(head, 0);
  head.write("0000644\0", 100);
  head.write("0000000\0", 108);
  head.write("0000000\0", 116);
  head.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  head.write("00000000000\0", 136);
  head.write("        ", 148);
  head.write("0", 156);
  head.write("ustar\u000000", 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}
