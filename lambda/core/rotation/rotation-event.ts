// Parses the rotation function's events: what to do, and with which of the stack's secrets. An event is a rotation step
// from Secrets Manager or one of this project's own.
// Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html

import { clientKeyPrefix, secretPaths } from "../../../contract";

export const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
export type Step = (typeof steps)[number];

export type Task =
  /** From Secrets Manager. `token` is the id of the version that is to become current. */
  | { readonly kind: "step"; readonly step: Step; readonly token: string }
  /** From the operator, who set a value by hand: make it live. */
  | { readonly kind: "adopt" }
  /** Hourly: delete keys past their overlap and report metrics. */
  | { readonly kind: "sweep" }
  /**
   * From the deployment: `create` and `update` ensure a live key, `delete` removes all keys. `before` is the secret
   * that an update replaced, whose keys are removed as well.
   */
  | { readonly kind: "lifecycle"; readonly action: "create" | "update" | "delete"; readonly before?: RotatedSecret };

export interface RotationEvent {
  readonly task: Task;
  /** All of the stack's secrets for a sweep, else exactly one. */
  readonly secrets: readonly RotatedSecret[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Parses an event.
 * @param base prefix of the ARNs of the stack's secrets; any other secret is rejected, even if this function is
 * set as its rotation function
 * @throws RotationError naming the invalid field
 */
export function readEvent(event: unknown, base: string): RotationEvent {
  if (typeof event !== "object" || event === null) throw new RotationError("the event is not an object");
  const fields = event as Fields;
  if ("event" in fields) return ownEvent(fields, base);
  const step = steps.find((known) => known === fields["Step"]);
  if (step === undefined) throw new RotationError(`Step is not one of ${steps.join(", ")}`);
  const secrets = [secretIn(fields, "SecretId", base)];
  const token = fields["ClientRequestToken"];
  if (typeof token !== "string" || !/^[A-Za-z0-9-]{32,64}$/.test(token)) {
    throw new RotationError("ClientRequestToken is not 32 to 64 letters, digits and hyphens");
  }
  return { task: { kind: "step", step, token }, secrets };
}

function ownEvent(fields: Fields, base: string): RotationEvent {
  switch (fields["event"]) {
    case "adopt":
      return { task: { kind: "adopt" }, secrets: [secretIn(fields, "secret", base)] };
    case "sweep":
      return { task: { kind: "sweep" }, secrets: listed(fields["secrets"], base) };
    case "lifecycle": {
      // The provider (aws.lambda.Invocation, lifecycleScope CRUD) adds its action and the previous input under `tf`.
      const { action, prev_input: last } = (fields["tf"] ?? {}) as { action?: unknown; prev_input?: Fields | null };
      if (action !== "create" && action !== "update" && action !== "delete")
        throw new RotationError("tf.action is not one of create, update, delete");
      const secret = secretIn(fields, "secret", base);
      const before = action === "update" ? rotatedSecret(last?.["secret"], base) : undefined;
      const replaced = before !== undefined && before.arn !== secret.arn;
      return { task: { kind: "lifecycle", action, ...(replaced ? { before } : {}) }, secrets: [secret] };
    }
    default:
      throw new RotationError("event is not one of adopt, sweep, lifecycle");
  }
}

function secretIn(fields: Fields, field: string, base: string): RotatedSecret {
  const secret = rotatedSecret(fields[field], base);
  if (secret === undefined) throw new RotationError(`${field} is not the ARN of a secret that this function rotates`);
  return secret;
}

/**
 * A sweep lists the secrets by the part of their ARNs after `base`: EventBridge limits an input to 8,192 characters,
 * and there may be a hundred secrets.
 */
function listed(ends: unknown, base: string): readonly RotatedSecret[] {
  const secrets = Array.isArray(ends) ? ends.map((end) => rotatedSecret(base + String(end), base)) : [];
  if (secrets.length === 0 || secrets.includes(undefined))
    throw new RotationError("secrets is not a list of secrets that this function rotates");
  return secrets as RotatedSecret[];
}

// The error with which the rotation rejects an event. Its message is for the operator and contains no secret value.

export class RotationError extends Error {
  override readonly name = "RotationError";
}

// Which of the stack's secrets an event is about, and whose key it holds. Both are read from the secret's ARN, which
// nobody can change, so no event can make the function touch a secret outside the stack.

export interface RotatedSecret {
  readonly arn: string;
  /** The client whose key it holds; absent: the shared key, which belongs to no particular client. */
  readonly client?: string;
  /** Identifies the secret within its stack and is part of the names of its API keys: `client/acme`, `api-key`. */
  readonly path: string;
  /** Prefix of its API keys' values: `acme_`; empty for the shared key. */
  readonly keyPrefix: string;
}

/**
 * The ARN after the stack's prefix: path, random part, and the hyphen and six characters that Secrets Manager appends.
 */
const form = /^(?:client\/([a-z][a-z0-9-]*)|api-key)\/[A-Za-z0-9]+-[A-Za-z0-9]{6}$/;

/**
 * @param base prefix of the ARNs of the stack's secrets (`environment.secretsArn`)
 * @returns `undefined` for anything but the ARN of a secret of the stack
 */
function rotatedSecret(arn: unknown, base: string): RotatedSecret | undefined {
  if (typeof arn !== "string" || !arn.startsWith(base)) return undefined;
  const found = form.exec(arn.slice(base.length));
  if (found === null) return undefined;
  const client = found[1];
  if (client === undefined) return { arn, path: secretPaths.shared, keyPrefix: "" };
  return { arn, client, path: secretPaths.client(client), keyPrefix: clientKeyPrefix(client) };
}
