// A container image that AWS builds and keeps in a registry of its own, in each region in another account's.

import { dnsSuffix } from "../../contract";
import type { Location } from "../base/location";

export interface PrebuiltImage {
  readonly uri: string;
  readonly repositoryArn: string;
}

export interface ImageSource {
  readonly repository: string;
  readonly tag: string;
  /** AWS account that hosts the image, by region. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** @param digest `sha256:…`, or empty for whatever the tag names. @throws Error for a region without the image */
export function prebuiltImage(
  { repository, tag, accounts }: ImageSource,
  { partition, region }: Location,
  digest: string,
): PrebuiltImage {
  const account = accounts.get(region);
  if (account === undefined) throw new Error(`AWS has no image ${repository} in ${region}`);
  const name = `${account}.dkr.ecr.${region}.${dnsSuffix(region)}/${repository}`;
  return {
    uri: digest === "" ? `${name}:${tag}` : `${name}@${digest}`,
    repositoryArn: `arn:${partition}:ecr:${region}:${account}:repository/${repository}`,
  };
}
