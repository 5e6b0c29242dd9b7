// Shared by the rules on Secrets Manager: a secret's rotations, and the functions that carry them out.

import type { Resource } from "../../../graph/resource";
import { functionType } from "../../queries/lambda-functions";
import { text } from "../../queries/read";
import type { View } from "../../queries/view";

export const secretType = "aws:secretsmanager/secret:Secret";

export function rotationsOf(secret: Resource, view: View): readonly Resource[] {
  return view.pointingAt(secret, "aws:secretsmanager/secretRotation:SecretRotation", "secretId");
}

/**
 * The function that a rotation invokes, directly or through an alias; `undefined` if it is not part of this program.
 */
export function rotatingFunction(rotation: Resource, view: View): Resource | undefined {
  const arn = text(rotation.inputs.rotationLambdaArn);
  return view
    .ofType(functionType)
    .find(
      ({ outputs }) => text(outputs.arn) !== "" && (arn === outputs.arn || arn.startsWith(`${text(outputs.arn)}:`)),
    );
}
