// A role that SageMaker assumes for a job or for the pipeline.

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { roleOf } from "../../aws/principals";
import type { Principal } from "../../iam/identities";
import { ExecutionFailed } from "../definition/expressions";

/** @throws ExecutionFailed if the program has no such role, or its trust policy does not name SageMaker */
export function serviceRole(graph: Graph, arn: string, seed: Buffer): Principal {
  const role = ofType(graph, "aws:iam/role:Role").find(({ outputs }) => outputs.arn === arn);
  const document = JSON.parse(String(role?.inputs.assumeRolePolicy ?? "{}")) as {
    Statement?: { Effect: string; Principal?: { Service?: string } }[];
  };
  const trusts = document.Statement?.some(
    ({ Effect, Principal }) => Effect === "Allow" && Principal?.Service === "sagemaker.amazonaws.com",
  );
  if (trusts !== true) throw new ExecutionFailed(`SageMaker may not take the role ${arn}`);
  // `roleOf` takes the function that assumes the role; a job stands in for it.
  const job = { urn: arn, inputs: { role: arn }, outputs: { name: "SageMaker" } } as unknown as Resource;
  return roleOf(graph, job, seed);
}
