// Plays Secrets Manager's part in a rotation: calls the rotation function step by step, and leaves off where one fails. A
// rotation that was left off is taken up where it stands, with the same version.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html

import type { LocalFunctions } from "../functions/local-functions";
import type { Watch } from "./endpoint";
import type { LocalSecret } from "./secrets-manager";
import { ServiceError } from "./service-error";

/** Each step, and what of it changes something: in the middle of that it is killed, when it shall be. */
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
  /** Why, where it is not done. */
  readonly cause?: string;
}

/** Longest that a step may take, in milliseconds. */
const timeoutMs = 900_000;

export class RotationDriver {
  /** Rotations under way, by function: one at a time, so that a kill strikes the one that it is meant for. */
  private readonly running = new Map<string, Promise<unknown>>();
  /** Versions whose rotation did not come to its end, by secret: the next one goes on with them. */
  private readonly unfinished = new Map<string, string>();
  private kill: { readonly operations: readonly string[]; readonly functionArn: string } | undefined;

  constructor(private readonly functions: () => LocalFunctions) {}

  /** Kills the function in the middle of what it was told to: its call has had its effect, and it never hears of it. */
  readonly watch: Watch = async (moment, operation) => {
    if (moment === "before" || !this.kill?.operations.includes(operation)) return;
    const { functionArn } = this.kill;
    this.kill = undefined;
    this.functions().kill(functionArn);
    return Promise.resolve();
  };

  /** As RotateSecret: starts a rotation, and returns. @throws ServiceError where one is pending, which is taken up again */
  readonly start = (secret: LocalSecret, token: string): void => {
    const pending = this.pendingOf(secret);
    const run = this.rotate(secret, { token });
    run.catch(() => undefined); // Its steps' faults are in the function's log.
    if (pending === undefined) return;
    throw new ServiceError(
      400,
      "InvalidRequestException",
      "A previous rotation isn't complete. That rotation will be reattempted.",
    );
  };

  /**
   * Runs a rotation, or the rest of one that is pending.
   * @returns what became of the steps, up to the first that is not done
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
