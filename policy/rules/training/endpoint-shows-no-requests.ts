// Requests are callers' data. An endpoint can copy them to S3, send them to a second model, and let people look into its instances.

import { at, list } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { endpointConfigurationType, variantsOf } from "./hosting";

export const endpointShowsNoRequests: Rule = {
  name: "endpoint-shows-no-requests",
  description:
    "A SageMaker endpoint captures no data, copies no requests to shadow variants, writes no core dumps, and opens no shell (SSM).",
  severity: "high",
  controls: ["OWN.DataTrace"],
  types: [endpointConfigurationType],
  check: (configuration) => {
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
