// The rotation function: keeps the clients' API keys in Secrets Manager and API Gateway in step, and rotates them on a
// schedule without interrupting clients. Secrets Manager calls it in four steps; the deployment, the hourly sweep and
// an operator who set a value by hand send events of this project's own. Results and errors contain no secret value.

import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context } from "aws-lambda";
import { environment, rotationTests } from "../contract";
import { readEvent, type RotatedSecret, type Task } from "./core/rotation/rotation-event";
import { measuresLine, recordLine, type RotationRecord } from "./core/rotation/rotation-record";
import type { KeyTest } from "./core/rotation/rotation-context";
import { Rotation } from "./core/rotation/rotation-steps";
import { keyBytes, keyFrom } from "./core/rotation/secret-value";
import { apiKeys } from "./edge/api-keys";
import { AwsError } from "./edge/aws-error";
import { requestTest, signedRequestTest, type TestedApi } from "./edge/key-test";
import { writeLine } from "./edge/log";
import { planOf, secretVault } from "./edge/secrets-manager";

type InvocationContext = Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">;

/** Longest wait for API Gateway to accept a new key, in milliseconds. */
const patience = 240_000;
/** Part of the remaining run time that is reserved for the work after the test, in milliseconds. */
const reserve = 30_000;
/** Wait for a new key to get to API Gateway's hosts where it cannot be tried (test `plan`), in milliseconds. */
const settleMs = 30_000;
/** Longest wait for a newly attached IAM policy to take effect, in milliseconds. */
const iamPatience = 60_000;

/**
 * The Lambda entry point. `done` is the step or event that was handled.
 * @throws Error the first error, once every secret was handled; its message contains no secret value
 */
export async function handler(event: unknown, context: InvocationContext): Promise<{ readonly done: string }> {
  const { task, secrets } = await logged({ event: "unreadable" }, context, () =>
    Promise.resolve(readEvent(event, required(environment.secretsArn))),
  );
  const done = nameOf(task);
  const errors: unknown[] = [];
  for (const secret of secrets) {
    const about = { event: done, client: secret.client, ...(task.kind === "step" ? { version: task.token } : {}) };
    // An error of one client's key must not keep the sweep from the others.
    await logged(about, context, () => run(task, secret, context), "done too").catch((error: unknown) =>
      errors.push(error),
    );
  }
  if (errors.length > 0) throw errors[0];
  return { done };
}

/** Runs `work` and logs its outcome: a failure always, a success only for `done too`. @throws whatever `work` throws */
async function logged<T>(
  about: Pick<RotationRecord, "event" | "client" | "version">,
  { awsRequestId: requestId }: InvocationContext,
  work: () => Promise<T>,
  what: "failures" | "done too" = "failures",
): Promise<T> {
  const startedAt = Date.now();
  const record = () => ({ ...about, ms: Date.now() - startedAt, requestId });
  try {
    const result = await work();
    if (what === "done too") writeLine(recordLine({ level: "info", ...record() }));
    return result;
  } catch (error) {
    const cause = error instanceof Error ? error.message : "not an error";
    writeLine(recordLine({ level: "error", ...record(), cause }));
    throw error;
  }
}

function nameOf(task: Task): string {
  if (task.kind === "step") return task.step;
  return task.kind === "lifecycle" ? task.action : task.kind;
}

async function run(task: Task, secret: RotatedSecret, context: InvocationContext): Promise<void> {
  const rotation = rotationOf(secret, context);
  switch (task.kind) {
    case "step":
      return rotation.step(task.step, task.token);
    case "adopt":
      return rotation.adopt();
    case "sweep":
      return rotation.sweep((measures) =>
        writeLine(measuresLine(measures, required(environment.metricsNamespace), Date.now())),
      );
    case "lifecycle":
      if (task.action === "delete") return rotation.clear();
      await untilAllowed(() => rotation.initialise());
      // The sweep no longer covers a replaced secret: without this, its keys would stay valid for ever.
      if (task.before !== undefined) await rotationOf(task.before, context).clear();
  }
}

/** Retries while access is denied: IAM may not have applied a policy that was attached a moment ago. */
async function untilAllowed(attempt: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + iamPatience; ; await sleep(5_000)) {
    try {
      return await attempt();
    } catch (error) {
      const denied = error instanceof AwsError && /AccessDenied|Unauthorized/.test(error.code);
      if (!denied || Date.now() > until) throw error;
    }
  }
}

const clients = {
  secrets: new SecretsManagerClient({ maxAttempts: 6 }),
  // API Gateway's control plane allows the whole account a few requests a second, hence the retries.
  apis: new APIGatewayClient({ region: process.env[environment.apiRegion], maxAttempts: 6 }),
};

function rotationOf({ arn, path, keyPrefix }: RotatedSecret, context: InvocationContext): Rotation {
  return new Rotation({
    vault: secretVault(clients.secrets, arn),
    keys: apiKeys(clients.apis, {
      secretId: arn,
      usagePlanId: () => planOf(clients.secrets, arn),
      prefix: `${required(environment.keyPrefix)}/${path}`,
    }),
    test: testOf({ url: required(environment.apiUrl), target: process.env[environment.apiTarget] || undefined }),
    keyPrefix,
    newKey: () => keyFrom(randomBytes(keyBytes), keyPrefix),
    newVersion: randomUUID,
    now: Date.now,
    sleep: async (ms) => sleep(ms),
    patience: Math.max(0, Math.min(patience, context.getRemainingTimeInMillis() - reserve)),
    overlap: Number(required(environment.keyOverlap)) * 1000,
  });
}

function testOf(api: TestedApi): KeyTest {
  const kind = rotationTests.find((known) => known === process.env[environment.rotationTest]);
  switch (kind) {
    case "call":
      return requestTest(api);
    case "signed":
      return signedRequestTest(api, clients.apis);
    case "plan":
      return settled();
    case undefined:
      throw new Error(`the environment variable ${environment.rotationTest} is not one of ${rotationTests.join(", ")}`);
  }
}

/**
 * The test `plan`: the key is already in the usage plan and only has to get to API Gateway's hosts. Waits once, however
 * often it is called, and then reports success without a request to the API.
 */
function settled(): KeyTest {
  let wait: Promise<void> | undefined;
  return async () => {
    await (wait ??= sleep(settleMs));
    return "let in";
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`the environment variable ${name} is not set`);
  return value;
}
