// If Secrets Manager may not invoke the function, the rotation fails unnoticed; without a source condition, secrets of
// any account could invoke it.

import { callsFunction } from "../../queries/lambda-functions";
import { text } from "../../queries/read";
import { rotatingFunction, rotationsOf, secretType } from "./rotations";
import { type Rule, unmet } from "../../queries/rule";

export const secretRotationMayRun: Rule = {
  name: "secret-rotation-may-run",
  description: "Secrets Manager may invoke the function that rotates a secret, for this secret or this account alone.",
  severity: "high",
  controls: ["OWN.RotationInvoke"],
  types: [secretType],
  check: (secret, view) => {
    const functions = rotationsOf(secret, view).map((rotation) => rotatingFunction(rotation, view));
    if (functions.length === 0) return undefined;
    const permissions = view
      .ofType("aws:lambda/permission:Permission")
      .filter(({ inputs }) => inputs.principal === "secretsmanager.amazonaws.com");
    return unmet({
      "no Permission lets Secrets Manager invoke the function, bound to the secret or the account": functions.every(
        (rotating) =>
          permissions.some(
            (permission) =>
              rotating !== undefined &&
              (view.points(permission, "function", rotating) ||
                callsFunction(text(permission.inputs.function), text(rotating.inputs.name))) &&
              (view.points(permission, "sourceArn", secret) || /^\d{12}$/.test(text(permission.inputs.sourceAccount))),
          ),
      ),
    });
  },
};
