// The instances of an endpoint, and how an update replaces them. Pure.

import type { EndpointConfigurationArgs, EndpointArgs } from "@pulumi/aws/sagemaker";
import type * as pulumi from "@pulumi/pulumi";
import type { PinnedModel } from "../../contract";
import { variantName } from "../base/monitored";
import type { EndpointSetting } from "../settings/endpoint-settings";
import { hasGpu } from "../settings/instance-types";

type Variants = Extract<EndpointConfigurationArgs["productionVariants"], readonly unknown[]>;
type Deployment = EndpointArgs["deploymentConfig"];

/** Bytes per second at which a model is at least copied to an instance, and read by the engine. */
const slowest = 10 * 1024 * 1024;
/**
 * Seconds of the two timeouts.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
const [shortest, longest] = [600, 3600];

/**
 * Driver that Triton's image needs; the one that SageMaker starts otherwise is too old for it.
 * Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html (InferenceAmiVersion),
 * https://github.com/aws/deep-learning-containers/issues/4990
 */
const gpuDriver = "al2023-ami-sagemaker-inference-gpu-4-1";

export function productionVariant(
  { instanceType, minInstances }: EndpointSetting,
  { files }: PinnedModel,
  modelName: pulumi.Input<string>,
): Variants[number] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const seconds = Math.min(longest, shortest + Math.ceil(bytes / slowest));
  return {
    variantName,
    modelName,
    instanceType,
    initialInstanceCount: minInstances,
    modelDataDownloadTimeoutInSeconds: seconds,
    containerStartupHealthCheckTimeoutInSeconds: seconds,
    ...(hasGpu(instanceType) ? { inferenceAmiVersion: gpuDriver } : {}),
  };
}

/** Seconds during which an update can still roll back, after each step. */
const baking = 600;
/** Largest canary in percent. Source: …/APIReference/API_TrafficRoutingConfig.html (CanarySize) */
const largestCanary = 50;

/**
 * A new fleet beside the old one, which takes over at once, or after a canary: of one instance there is no part.
 * @param canaryPercent of the requests; 100: no canary
 * @param rollback names of the alarms on which the old fleet takes over again
 */
export function deploymentConfig(
  { minInstances }: EndpointSetting,
  canaryPercent: number,
  rollback: readonly pulumi.Output<string>[],
): Deployment {
  const canary = canaryPercent < 100 && minInstances > 1;
  return {
    blueGreenUpdatePolicy: {
      trafficRoutingConfiguration: {
        type: canary ? "CANARY" : "ALL_AT_ONCE",
        waitIntervalInSeconds: baking,
        ...(canary ? { canarySize: { type: "CAPACITY_PERCENT", value: Math.min(largestCanary, canaryPercent) } } : {}),
      },
    },
    autoRollbackConfiguration: { alarms: rollback.map((alarmName) => ({ alarmName })) },
  };
}
