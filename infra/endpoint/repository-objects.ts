// The objects of a model's repository in the code store. Guarantees: each is there before anything names it, and none is ever
// changed: a new model has a place of its own.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { projectRoot } from "../base/bundle";
import type { CodeStore } from "../base/code-store";
import type { ModelRepository, RepositoryContent } from "./model-repository";

export interface RepositoryObjectsArgs {
  readonly codeStore: CodeStore;
  readonly repository: ModelRepository;
}

export class RepositoryObjects extends pulumi.ComponentResource {
  /** `s3://<bucket>/<prefix>/`. */
  readonly uri: pulumi.Output<string>;
  readonly all: readonly pulumi.Resource[];

  constructor(name: string, args: RepositoryObjectsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:RepositoryObjects", name, {}, options);
    const { codeStore, repository } = args;
    // The version in their names keeps an object of one repository from ever being deleted for one of another.
    this.all = [...repository.files].map(([path, content]) =>
      codeStore.put(
        `${name}-${repository.version}-${path.slice(path.indexOf("/") + 1)}`,
        `${repository.prefix}${path}`,
        asset(content),
        this,
      ),
    );
    this.uri = pulumi.interpolate`s3://${codeStore.bucket}/${repository.prefix}`;
    this.registerOutputs({});
  }
}

function asset(content: RepositoryContent): pulumi.asset.Asset {
  if ("text" in content) return new pulumi.asset.StringAsset(content.text);
  return new pulumi.asset.FileAsset("path" in content ? content.path : written(content));
}

/**
 * Bytes as a file, because Pulumi's assets are texts or files. It is not kept under the temporary folder, which is anyone's.
 * @returns its path
 */
function written({ bytes, sha256 }: { readonly bytes: Uint8Array; readonly sha256: string }): string {
  const folder = join(projectRoot, ".local", "endpoints");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${sha256}.onnx`);
  // Written anew each time: one that was cut off or changed would be uploaded as it is.
  const part = `${file}.${process.pid}`;
  writeFileSync(part, bytes);
  renameSync(part, file);
  return file;
}
