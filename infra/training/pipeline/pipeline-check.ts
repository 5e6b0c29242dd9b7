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
  const errors = definitionErrors(definition);
  if (errors.length === 0) {
    const steps = allSteps(definition.Steps);
    const locations = new StepLocations(definition, steps, arns.bucketArn);
    for (const step of steps) {
      for (const address of locations.externalInputs(step)) {
        if (keys.some((key) => `s3://bucket/${key}`.startsWith(`${address}/`))) continue;
        errors.push(`${step.Name}: nothing is put where it reads: ${address}`);
      }
    }
    const required = requiredPermissions(definition, arns);
    const granted = {
      ...Object.fromEntries(jobSteps.map((step) => [step, permissionsOf(stepPolicy(step, arns))])),
      pipeline: permissionsOf(pipelinePolicy(arns)),
    } as typeof required;
    for (const role of [...jobSteps, "pipeline"] as const) {
      for (const each of required[role]) if (!granted[role].has(each)) errors.push(`the role ${role} lacks ${each}`);
      for (const each of granted[role])
        if (!required[role].has(each)) errors.push(`the role ${role} does not need ${each}`);
    }
  }
  if (errors.length > 0) throw new Error(`the training pipeline cannot run:\n  ${errors.join("\n  ")}`);
}
