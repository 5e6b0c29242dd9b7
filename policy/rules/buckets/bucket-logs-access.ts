// Only access logs show who read or replaced an object.

import type { Resource } from "../../../graph/resource";
import { bucketSettings, bucketType } from "./buckets";
import { text } from "../../queries/read";
import { type Flaw, flaw, type Rule } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";
import type { View } from "../../queries/view";

export const bucketLogsAccess: Rule = {
  name: "bucket-logs-access",
  says: "A bucket logs access to another bucket.",
  types: [bucketType],
  check: (bucket, view) => {
    const [logging] = bucketSettings(bucket, view, "BucketLogging");
    if (logging === undefined) return [flaw("the bucket has no BucketLogging")];
    if (view.points(logging, "targetBucket", bucket))
      return [flaw("the bucket logs to itself: each line makes another")];
    const [target] = view.ofType(bucketType).filter((each) => view.points(logging, "targetBucket", each));
    if (target !== undefined) return deliveryFlaws(logging, target, view);
    return text(logging.inputs.targetBucket) === "" ? [flaw("targetBucket is empty")] : [];
  },
};

/**
 * S3 cannot deliver to a bucket whose policy does not let it, and loses what it logs until then.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
function deliveryFlaws(logging: Resource, target: Resource, view: View): Flaw[] {
  const delivers = bucketSettings(target, view, "BucketPolicy").filter((policy) =>
    resourceStatements(policy).some(
      ({ allows, principals, actions }) =>
        allows && principals.includes("Service:logging.s3.amazonaws.com") && actions.includes("s3:PutObject"),
    ),
  );
  if (delivers.length === 0) return [flaw("the target's policy does not let S3 deliver logs")];
  const waitsFor = [...logging.dependencies, ...Object.values(logging.propertyDependencies).flat()];
  return delivers.some(({ urn }) => waitsFor.includes(urn))
    ? []
    : [flaw("it does not wait for the policy that lets S3 deliver to its target")];
}
