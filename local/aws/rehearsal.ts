// Not an AWS service: rotates a secret of the local run on demand, reports the outcome of each step, and kills the function
// in a chosen step.

import { randomUUID } from "node:crypto";
import { permit } from "./permission";
import { type RotationDriver, type StepName, stepNames, type StepOutcome } from "./rotation-driver";
import type { LocalSecret } from "./secrets-manager";
import { fieldsOf, json, type Service } from "./service";
import { ServiceError } from "./service-error";

export const rehearsalService = "local-rehearsal";

export interface RehearsalRequest {
  /** ARN. */
  readonly secretId: string;
  /** The step in which the function is killed; absent: it is not. */
  readonly killAt?: StepName;
}

export interface RehearsalAnswer {
  readonly steps: readonly StepOutcome[];
  /** Whether all four steps are done. */
  readonly finished: boolean;
}

export function rehearsal(region: string, secrets: readonly LocalSecret[], driver: RotationDriver): Service {
  return {
    name: rehearsalService,
    region,
    operationOf: () => "Rehearse",
    answer: async (call) => {
      const { secretId, killAt } = fieldsOf(call) as unknown as RehearsalRequest;
      permit(call.principal, call.at, { action: "local:Rehearse", resource: secretId });
      const secret = secrets.find(({ arn }) => arn === secretId);
      if (secret === undefined) throw new ServiceError(404, "ResourceNotFoundException", "no such secret in this run");
      if (killAt !== undefined && !stepNames.includes(killAt)) {
        throw new ServiceError(400, "ValidationException", `killAt is not one of ${stepNames.join(", ")}`);
      }
      const steps = await driver.rotate(secret, { token: randomUUID(), killAt });
      const answer: RehearsalAnswer = { steps, finished: steps.length === 4 && steps[3]!.outcome === "done" };
      return json(200, answer);
    },
  };
}
