// Only access logs show who read or replaced an object.

import type { Resource } from "../../../graph/resource";
import { bucketSettings, bucketType } from "./bucket-settings";
import { type Violation, violation, type Rule } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";
import type { View } from "../../queries/view";

export const bucketLogsAccess: Rule = {
  name: "bucket-logs-access",
  description: "A bucket logs access to another bucket of the program.",
  severity: "medium",
  controls: ["S3.9"],
  types: [bucketType],
  check: (bucket, view) => {
    const [logging] = bucketSettings(bucket, view, "BucketLogging");
    if (logging === undefined) return [violation("the bucket has no BucketLogging")];
    if (view.points(logging, "targetBucket", bucket))
      return [violation("the bucket logs to itself: each line makes another")];
    const [target] = view.ofType(bucketType).filter((each) => view.points(logging, "targetBucket", each));
    if (target !== undefined) return deliveryViolations(logging, target, view);
    return [violation("targetBucket is no bucket of this program")];
  },
};

/**
 * S3 cannot deliver to a bucket whose policy does not let it, and loses what it logs until then.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
function deliveryViolations(logging: Resource, target: Resource, view: View): Violation[] {
  const delivers = bucketSettings(target, view, "BucketPolicy").filter((policy) =>
    resourceStatements(policy).some(
      ({ allows, principals, actions }) =>
        allows && principals.includes("Service:logging.s3.amazonaws.com") && actions.includes("s3:PutObject"),
    ),
  );
  if (delivers.length === 0) return [violation("the target's policy does not let S3 deliver logs")];
  const waitsFor = [...logging.dependencies, ...Object.values(logging.propertyDependencies).flat()];
  return delivers.some(({ urn }) => waitsFor.includes(urn))
    ? []
    : [violation("it does not wait for the policy that lets S3 deliver to its target")];
}
