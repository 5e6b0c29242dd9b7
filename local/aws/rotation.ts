// Stands in for Secrets Manager in a rotation: invokes the rotation function once for each step, and stops at the first
// that fails. The next rotation of that secret then runs all steps again with the same pending version.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html

import type { LocalFunctions } from "../functions/local-functions";
import type { Watch } from "./endpoint";
import type { LocalSecret } from "./secrets-manager";
import { ServiceError, fieldsOf, json, type Service } from "./service";
import { randomUUID } from "node:crypto";
import { permit } from "./permission";

/** Each step of a rotation, and the calls at which a kill during that step strikes: those that the step exists for. */
export const stepEffects = {
  createSecret: ["PutSecretValue"],
  setSecret: ["CreateApiKey", "CreateUsagePlanKey"],
  testSecret: ["GetSecretValue"],
  finishSecret: ["UpdateSecretVersionStage"],
} as const;

export type StepName = keyof typeof stepEffects;
export const stepNames = Object.keys(stepEffects) as StepName[];

export interface StepOutcome {
  readonly step: StepName;
  readonly outcome: "done" | "failed" | "killed";
  readonly ms: number;
  /** The function's error message, or how it ended; absent if the step is done. */
  readonly cause?: string;
}

/** Longest duration of a step, in milliseconds. */
const timeoutMs = 900_000;

export class RotationDriver {
  /** The last rotation queued for each function ARN. They run one at a time, so that a kill hits the intended one. */
  private readonly running = new Map<string, Promise<unknown>>();
  /** Version id of an unfinished rotation, by secret ARN: the next rotation continues with it. */
  private readonly unfinished = new Map<string, string>();
  private kill: { readonly operations: readonly string[]; readonly functionArn: string } | undefined;

  constructor(private readonly functions: () => LocalFunctions) {}

  /** Kills the function at the worst moment: its call has taken effect, but it has not received the response. */
  readonly watch: Watch = async (moment, operation) => {
    if (moment === "before" || !this.kill?.operations.includes(operation)) return;
    const { functionArn } = this.kill;
    this.kill = undefined;
    this.functions().kill(functionArn);
    return Promise.resolve();
  };

  /**
   * RotateSecret: starts a rotation and returns at once.
   * @throws ServiceError 400 InvalidRequestException if a rotation is pending; that one is attempted again
   */
  readonly start = (secret: LocalSecret, token: string): void => {
    const pending = this.pendingOf(secret);
    const run = this.rotate(secret, { token });
    run.catch(() => undefined); // The function logs why a step failed.
    if (pending === undefined) return;
    throw new ServiceError(
      400,
      "InvalidRequestException",
      "A previous rotation isn't complete. That rotation will be reattempted.",
    );
  };

  /**
   * Runs a rotation, with the pending version if there is one.
   * @returns the outcome of each step, up to and including the first that is not done
   * @throws ServiceError 400 InvalidRequestException if the secret does not rotate
   */
  async rotate(secret: LocalSecret, options: { token: string; killAt?: StepName }): Promise<StepOutcome[]> {
    const { rotationFunction = "" } = secret;
    const turn = (this.running.get(rotationFunction) ?? Promise.resolve()).then(() => this.run(secret, options));
    this.running.set(
      rotationFunction,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /** Resolves when no rotation is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private pendingOf({ arn, versions }: LocalSecret): string | undefined {
    const pending = versions.labelled("AWSPENDING");
    return this.unfinished.get(arn) ?? (pending === versions.labelled("AWSCURRENT") ? undefined : pending);
  }

  private async run(
    secret: LocalSecret,
    { token, killAt }: { token: string; killAt?: StepName },
  ): Promise<StepOutcome[]> {
    const { arn, rotationFunction: functionArn, versions } = secret;
    if (functionArn === undefined) throw new ServiceError(400, "InvalidRequestException", "the secret does not rotate");
    const pending = this.pendingOf(secret);
    if (pending === undefined) versions.begin(token);
    this.unfinished.set(arn, pending ?? token);
    const outcomes: StepOutcome[] = [];
    for (const step of stepNames) {
      if (step === killAt) this.kill = { operations: stepEffects[step], functionArn };
      const started = Date.now();
      const event = { SecretId: arn, ClientRequestToken: pending ?? token, Step: step };
      const invocation = await this.functions().invoke(functionArn, event, { timeoutMs });
      const ms = Date.now() - started;
      const killed = step === killAt && this.kill === undefined;
      this.kill = undefined;
      if (invocation.kind === "result") {
        outcomes.push({ step, outcome: "done", ms });
        continue;
      }
      const cause = invocation.kind === "error" ? invocation.errorMessage : invocation.kind;
      outcomes.push({ step, outcome: killed ? "killed" : "failed", ms, cause });
      return outcomes;
    }
    this.unfinished.delete(arn);
    return outcomes;
  }
}

// Not an AWS service: rotates a secret of the local run on demand, reports the outcome of each step, and kills the
// function in a chosen step.

export const rotationTestService = "local-rotation-test";

export interface RotationTestRequest {
  /** ARN. */
  readonly secretId: string;
  /** The step in which the function is killed; absent: it is not. */
  readonly killAt?: StepName;
}

export interface RotationTestResponse {
  readonly steps: readonly StepOutcome[];
  /** Whether all four steps are done. */
  readonly finished: boolean;
}

export function rotationTest(region: string, secrets: readonly LocalSecret[], driver: RotationDriver): Service {
  return {
    name: rotationTestService,
    region,
    operationOf: () => "TestRotation",
    respond: async (request) => {
      const { secretId, killAt } = fieldsOf(request) as unknown as RotationTestRequest;
      permit(request.principal, request.at, { action: "local:TestRotation", resource: secretId });
      const secret = secrets.find(({ arn }) => arn === secretId);
      if (secret === undefined) throw new ServiceError(404, "ResourceNotFoundException", "no such secret in this run");
      if (killAt !== undefined && !stepNames.includes(killAt)) {
        throw new ServiceError(400, "ValidationException", `killAt is not one of ${stepNames.join(", ")}`);
      }
      const steps = await driver.rotate(secret, { token: randomUUID(), killAt });
      const response: RotationTestResponse = { steps, finished: steps.length === 4 && steps[3]!.outcome === "done" };
      return json(200, response);
    },
  };
}
