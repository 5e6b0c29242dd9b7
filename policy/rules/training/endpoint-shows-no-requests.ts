// Requests are callers' data. An endpoint can copy them to S3, send them to a second model, and let people look into its instances.

import { at, list, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { containersOf, endpointConfigurationType, modelType, variantsOf } from "../../queries/hosting";

export const endpointShowsNoRequests: Rule = {
  name: "endpoint-shows-no-requests",
  description:
    "A SageMaker endpoint captures no data, copies no requests to shadow variants, writes no core dumps, opens no shell (SSM), and its engine writes no verbose log.",
  severity: "high",
  controls: ["OWN.DataTrace"],
  types: [endpointConfigurationType, modelType],
  check: (configuration) => {
    if (configuration.type === modelType)
      return unmet({
        // The image's script switches it on where nothing is said.
        "SAGEMAKER_TRITON_LOG_VERBOSE is not 0": containersOf(configuration).every(
          ({ image, environment }) =>
            !/\/sagemaker-tritonserver[:@]/.test(text(image)) ||
            at(environment, "SAGEMAKER_TRITON_LOG_VERBOSE") === "0",
        ),
      });
    const { dataCaptureConfig, shadowProductionVariants } = configuration.inputs;
    const variants = variantsOf(configuration);
    return unmet({
      "dataCaptureConfig.enableCapture is not false":
        (dataCaptureConfig ?? undefined) === undefined || at(dataCaptureConfig, "enableCapture") === false,
      "shadowProductionVariants is not empty": list(shadowProductionVariants).length === 0,
      "coreDumpConfig is set": variants.every(({ coreDumpConfig }) => (coreDumpConfig ?? undefined) === undefined),
      "enableSsmAccess is true": variants.every(({ enableSsmAccess }) => (enableSsmAccess ?? false) === false),
    });
  },
};
