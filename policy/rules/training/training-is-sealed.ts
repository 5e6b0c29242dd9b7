// Training jobs process all data: their disks, their results and the traffic between their machines must be protected.

import { at, list, text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { pipelineType, type Step, stepsOf } from "./pipelines";

export const trainingIsSealed: Rule = {
  name: "training-is-sealed",
  description:
    "Each training and processing step encrypts volumes and output with a key, encrypts traffic between containers, and is isolated from the network.",
  severity: "medium",
  controls: ["OWN.SageMakerPipelineKms"],
  types: [pipelineType],
  check: (pipeline, view) => {
    const jobs = stepsOf(pipeline, view).filter(({ type }) => type === "Training" || type === "Processing");
    if (jobs.length === 0) return undefined;
    return jobs.flatMap((step) => missing(step).map((what) => violation(what, step.name)));
  },
};

function missing({ type, arguments: args }: Step): string[] {
  const isSet = (value: unknown) => text(value) !== "" || at(value, "Get") !== undefined;
  const training = type === "Training";
  const cluster = training ? args.ResourceConfig : at(args, "ProcessingResources", "ClusterConfig");
  const output = training ? args.OutputDataConfig : args.ProcessingOutputConfig;
  const network = training ? args : args.NetworkConfig;
  // A step whose only result is its exit code has no output to encrypt.
  const hasOutput = training || list(at(output, "Outputs")).length > 0;
  return [
    ...(isSet(at(cluster, "VolumeKmsKeyId")) ? [] : ["VolumeKmsKeyId is not set"]),
    ...(!hasOutput || isSet(at(output, "KmsKeyId")) ? [] : ["the output has no KmsKeyId"]),
    ...(at(network, "EnableInterContainerTrafficEncryption") === true
      ? []
      : ["EnableInterContainerTrafficEncryption is not true"]),
    ...(at(network, "EnableNetworkIsolation") === true ? [] : ["EnableNetworkIsolation is not true"]),
  ];
}
