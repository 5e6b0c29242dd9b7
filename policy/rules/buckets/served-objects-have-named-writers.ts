// What a function behind an API reads from a bucket decides its answers: whoever may write there can replace a model.

import type { Resource } from "../../../graph/resource";
import { functionType, isBehindGateway } from "../../queries/lambda-functions";
import { at, record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { resourceStatements, type Statement } from "../../queries/statements";
import type { View } from "../../queries/view";
import { exceptsRoles } from "../../queries/conditions";
import { bucketSettings, bucketType } from "./bucket-settings";

/** What replaces or removes an object. */
const writing = ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"];

export const servedObjectsHaveNamedWriters: Rule = {
  name: "served-objects-have-named-writers",
  description:
    "The policy of a bucket from which a function behind an API reads denies writing to all but named roles of this account.",
  severity: "high",
  controls: ["OWN.ServedObjects", "API8"],
  types: [bucketType],
  check: (bucket, view) => {
    if (!isServed(bucket, view)) return undefined;
    const statements = bucketSettings(bucket, view, "BucketPolicy").flatMap(resourceStatements);
    return unmet(
      Object.fromEntries(
        writing.map((action) => [
          `no statement denies ${action} to all but named roles of this account`,
          statements.some((statement) => closes(statement, action, bucket, view)),
        ]),
      ),
    );
  },
};

/** Whether the environment of a function behind an API names the bucket. */
function isServed({ id, outputs }: Resource, view: View): boolean {
  const name = text(outputs.bucket) || id;
  return view
    .ofType(functionType)
    .filter((one) => Object.values(record(at(one.inputs, "environment", "variables"))).includes(name))
    .some((one) => isBehindGateway(one, view));
}

function closes(statement: Statement, action: string, { outputs }: Resource, view: View): boolean {
  const { allows, principals, exceptPrincipals, actions, exceptActions, resources, exceptResources } = statement;
  return (
    !(allows || exceptPrincipals || exceptActions || exceptResources) &&
    principals.includes("*") &&
    actions.some((name) => name === action || name === "s3:*" || name === "*") &&
    resources.some((name) => name === "*" || name === `${text(outputs.arn)}/*`) &&
    exceptsRoles(statement, view)
  );
}
