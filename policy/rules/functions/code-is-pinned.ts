// Whoever can write to the bucket could replace the code between two deployments; a version of an object never changes.

import type { Resource } from "../../../graph/resource";
import { at, text } from "../../queries/read";
import { type Rule, unmet, violation, type Violation } from "../../queries/rule";
import type { View } from "../../queries/view";
import { functionType } from "../../queries/lambda-functions";

const pipelineType = "aws:sagemaker/pipeline:Pipeline";

export const codeIsPinned: Rule = {
  name: "code-is-pinned",
  description:
    "Code of functions, layers and definitions of pipelines that are read from S3 are a version of an object of this program; container images are pinned by a digest.",
  severity: "medium",
  controls: ["OWN.CodePinned"],
  types: [functionType, "aws:lambda/layerVersion:LayerVersion", pipelineType],
  check: ({ type, inputs }, view) => {
    if (type === pipelineType) {
      const place = inputs.pipelineDefinitionS3Location;
      if (place === undefined || place === null) return undefined;
      return pinned(text(at(place, "bucket")), text(at(place, "objectKey")), text(at(place, "versionId")), view);
    }
    if (inputs.packageType === "Image")
      return unmet({ "imageUri has no digest": /@sha256:[0-9a-f]{64}$/.test(text(inputs.imageUri)) });
    // An archive in the program itself is uploaded with it.
    if ((inputs.code ?? undefined) !== undefined && text(inputs.s3Bucket) === "") return [];
    return pinned(text(inputs.s3Bucket), text(inputs.s3Key), text(inputs.s3ObjectVersion), view);
  },
};

function pinned(bucket: string, key: string, version: string, view: View): Violation[] {
  if (bucket === "" || key === "") return [violation("no object in S3 is named")];
  const object = view
    .ofType("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject")
    .find((candidate) => candidate.inputs.bucket === bucket && candidate.inputs.key === key);
  if (object === undefined) return [violation("the object is none of this program")];
  return unmet({ "it is not pinned to the object's version": version !== "" && version === versionOf(object) });
}

function versionOf({ outputs }: Resource): string {
  return text(outputs.versionId);
}
