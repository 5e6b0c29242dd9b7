// What the rotation function is asked to do: a step of Secrets Manager's, or an event of this project's own.
// Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html

import { RotationFault } from "./rotation-fault";

export const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
export type Step = (typeof steps)[number];

export type RotationEvent =
  /** Of Secrets Manager. `token` is the id of the version that becomes current. */
  | { readonly kind: "step"; readonly step: Step; readonly token: string }
  /** A value was put in by hand: make it live. */
  | { readonly kind: "adopt" }
  /** Hourly: remove what is past its overlap, measure the rest. */
  | { readonly kind: "sweep" }
  /** Of the deployment: after `create` and `update` a key is live, after `delete` none is left. */
  | { readonly kind: "lifecycle"; readonly action: "create" | "update" | "delete" };

/**
 * Reads an event.
 * @param secretId ARN of the one secret that this function rotates
 * @throws RotationFault naming the field; nothing has been changed then
 */
export function readEvent(event: unknown, secretId: string): RotationEvent {
  if (typeof event !== "object" || event === null) throw new RotationFault("the event is no object");
  const fields = event as Readonly<Record<string, unknown>>;
  if ("event" in fields) return ownEvent(fields);
  const step = steps.find((known) => known === fields["Step"]);
  if (step === undefined) throw new RotationFault(`Step is none of ${steps.join(", ")}`);
  // Another secret's rotation, pointed at this function, must not read or write this one.
  if (fields["SecretId"] !== secretId) throw new RotationFault("SecretId is not the secret that this function rotates");
  const token = fields["ClientRequestToken"];
  if (typeof token !== "string" || !/^[A-Za-z0-9-]{32,64}$/.test(token)) {
    throw new RotationFault("ClientRequestToken is not 32 to 64 letters, digits and hyphens");
  }
  return { kind: "step", step, token };
}

function ownEvent(fields: Readonly<Record<string, unknown>>): RotationEvent {
  switch (fields["event"]) {
    case "adopt":
      return { kind: "adopt" };
    case "sweep":
      return { kind: "sweep" };
    case "lifecycle": {
      // The provider adds what it does under `tf` (aws.lambda.Invocation, lifecycleScope CRUD).
      const action = (fields["tf"] as { action?: unknown } | undefined)?.action;
      if (action === "create" || action === "update" || action === "delete") return { kind: "lifecycle", action };
      throw new RotationFault("tf.action is none of create, update, delete");
    }
    default:
      throw new RotationFault("event is none of adopt, sweep, lifecycle");
  }
}
