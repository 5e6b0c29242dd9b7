// AWS's Triton image, which computes the models of endpoints. In each region the account of AWS's deep learning containers
// hosts it.
// Sources: https://github.com/aws/sagemaker-python-sdk (image_uri_config/sagemaker-tritonserver.json, version 25.04),
// https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html

import type { Location } from "../base/location";
import { type PrebuiltImage, prebuiltImage } from "./prebuilt-image";

const repository = "sagemaker-tritonserver";
/** For processors and GPUs. AWS moves the tag to newer builds of the same version; a digest pins one build. */
const tag = "25.04-py3";

/** Account of most regions. */
const most = "763104351884";

/** AWS account that hosts the image, by region. */
const accounts: ReadonlyMap<string, string> = new Map([
  ["af-south-1", "626614931356"],
  ["ap-east-1", "871362719292"],
  ["ap-northeast-1", most],
  ["ap-northeast-2", most],
  ["ap-northeast-3", "364406365360"],
  ["ap-south-1", most],
  ["ap-south-2", "772153158452"],
  ["ap-southeast-1", most],
  ["ap-southeast-2", most],
  ["ap-southeast-3", "907027046896"],
  ["ap-southeast-4", "457447274322"],
  ["ca-central-1", most],
  ["ca-west-1", "204538143572"],
  ["cn-north-1", "727897471807"],
  ["cn-northwest-1", "727897471807"],
  ["eu-central-1", most],
  ["eu-central-2", "380420809688"],
  ["eu-north-1", most],
  ["eu-south-1", "692866216735"],
  ["eu-south-2", "503227376785"],
  ["eu-west-1", most],
  ["eu-west-2", most],
  ["eu-west-3", most],
  ["il-central-1", "780543022126"],
  ["me-central-1", "914824155844"],
  ["me-south-1", "217643126080"],
  ["sa-east-1", most],
  ["us-east-1", most],
  ["us-east-2", most],
  ["us-west-1", most],
  ["us-west-2", most],
]);

/** Regions that have the image. */
export const tritonRegions: ReadonlySet<string> = new Set(accounts.keys());

/** @param digest `sha256:…`, or empty for whatever the tag names. @throws Error for a region without the image */
export function tritonImage(location: Location, digest: string): PrebuiltImage {
  return prebuiltImage({ repository, tag, accounts }, location, digest);
}
