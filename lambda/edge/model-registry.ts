// Looks up model packages in SageMaker's model registry.
// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModelPackage.html

import { type ModelPackage, parsePackage } from "../core/publish/registered-model";
import { endpointOf, signedRequest } from "./signed-request";

const limit = 1024 * 1024;
const timeout = 5_000;

/** @throws Error if the registry does not answer, refuses, or its response is not a model package with one container */
export async function describePackage(region: string, arn: string): Promise<ModelPackage> {
  const reply = await signedRequest({
    service: "sagemaker",
    region,
    url: endpointOf("sagemaker", region),
    method: "POST",
    path: "/",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "SageMaker.DescribeModelPackage" },
    body: [Buffer.from(JSON.stringify({ ModelPackageName: arn }))],
    limit,
    timeout,
  });
  if (reply.status !== 200) throw new Error(`SageMaker refused DescribeModelPackage: ${reply.status}`);
  return parsePackage(reply.body.toString("utf8"));
}
