// An endpoint starts new instances at any time: each must compute the same model, in the same engine, as those beside it.

import { text } from "../../queries/read";
import { type Rule, violation } from "../../queries/rule";
import { containersOf, modelDataOf, modelType } from "../../queries/hosting";

/** A prefix whose last part is the SHA-256 of what lies there. */
const byContent = /(^|\/)[0-9a-f]{64}\/$/;

export const modelIsPinned: Rule = {
  name: "model-is-pinned",
  description:
    "A SageMaker model's image is pinned by a digest, and its data lies in a bucket of this program, below a prefix that names its SHA-256.",
  severity: "medium",
  controls: ["OWN.CodePinned"],
  types: [modelType],
  check: (model, view) => {
    const containers = containersOf(model);
    const buckets = view.ofType("aws:s3/bucket:Bucket").map(({ outputs }) => outputs.bucket);
    const data = containers.flatMap(modelDataOf);
    return [
      ...(containers.length === 0 ? [violation("no container is named")] : []),
      ...(containers.every(({ image }) => /@sha256:[0-9a-f]{64}$/.test(text(image)))
        ? []
        : [violation("an image has no digest", "image")]),
      ...(data.every((one) => one !== undefined && byContent.test(one.prefix))
        ? []
        : [violation("its data is no prefix that names its SHA-256", "data")]),
      ...(data.every((one) => one === undefined || buckets.includes(one.bucket))
        ? []
        : [violation("its data is in no bucket of this program", "data")]),
    ];
  },
};
