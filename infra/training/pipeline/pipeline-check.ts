// Checks a pipeline before any of it is created: its definition can run, and each role can do exactly what its steps
// need.

import { arn } from "../../base/location";
import { allSteps, definitionErrors } from "./definition-check";
import { jobSteps, pipelineDefinition, type PipelineNames } from "./pipeline-definition";
import { requiredPermissions } from "./required-permissions";
import { StepLocations } from "./step-locations";
import { permissionsOf } from "../../base/permissions";
import { pipelinePolicy } from "./pipeline-role";
import { type PipelineArns, stepPolicy } from "./step-roles";

/**
 * Checks the definition and the roles, with placeholders for what is known only after creation.
 * @param keys object keys that the deployment puts into the bucket
 * @throws Error listing what is wrong: a bug in this program, found before anything is deployed
 */
export function checkPipeline(
  plain: Omit<PipelineNames, "bucket" | "keyArn" | "roles">,
  fixed: Omit<PipelineArns, "bucketArn" | "keyArn" | "roleArns">,
  keys: readonly string[],
): void {
  const keyArn = arn(fixed.location, "kms", "key/key");
  const roleArns = { split: "role/split", train: "role/train", evaluate: "role/evaluate" };
  const definition = pipelineDefinition({ ...plain, bucket: "bucket", keyArn, roles: roleArns });
  const arns = { ...fixed, bucketArn: "arn:aws:s3:::bucket", keyArn, roleArns };
  const faults = definitionErrors(definition);
  if (faults.length === 0) {
    const steps = allSteps(definition.Steps);
    const places = new StepLocations(definition, steps, arns.bucketArn);
    for (const step of steps) {
      for (const address of places.externalInputs(step)) {
        if (keys.some((key) => `s3://bucket/${key}`.startsWith(`${address}/`))) continue;
        faults.push(`${step.Name}: nothing is put where it reads: ${address}`);
      }
    }
    const needed = requiredPermissions(definition, arns);
    const held = {
      ...Object.fromEntries(jobSteps.map((step) => [step, permissionsOf(stepPolicy(step, arns))])),
      pipeline: permissionsOf(pipelinePolicy(arns)),
    } as typeof needed;
    for (const role of [...jobSteps, "pipeline"] as const) {
      for (const each of needed[role]) if (!held[role].has(each)) faults.push(`the role ${role} lacks ${each}`);
      for (const each of held[role]) if (!needed[role].has(each)) faults.push(`the role ${role} does not need ${each}`);
    }
  }
  if (faults.length > 0) throw new Error(`the training pipeline cannot run:\n  ${faults.join("\n  ")}`);
}
