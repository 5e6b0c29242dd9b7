// Sizes of the archives that a deployment uploads.

import { statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Archive, ofType } from "../graph/resource";
import { deployedFiles, deployedGraph } from "./deployed";
import type { Row } from "./measure";

export async function bench(): Promise<Row[]> {
  const code = (await deployedFiles())["model.js"]!;
  const library = ofType(await deployedGraph(), "aws:s3/bucketObjectv2:BucketObjectv2").find(
    ({ name }) => name === "native-library",
  )!;
  const files = Object.values(((library.inputs.source as Archive).archive as { files: Record<string, never> }).files);
  const bytes = files.map(({ asset }: { asset: { path: string } }) => statSync(asset.path).size);
  const total = bytes.reduce((sum, size) => sum + size, 0);
  return [
    {
      ...{ id: "upload", what: "what a change of the function's code uploads, zipped" },
      ...{ unit: "KB", samples: [gzipSync(code).length / 1024] },
    },
    {
      ...{ id: "library", what: "the native library beside it, which stays" },
      ...{ unit: "MB", samples: [total / 1024 / 1024] },
    },
  ];
}
