// A model's container may run code that was shipped with the model.

import { at, list } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const modelIsIsolated: Rule = {
  name: "model-is-isolated",
  description: "A SageMaker model runs without a network of its own, in a VPC.",
  severity: "medium",
  controls: ["SageMaker.5"],
  types: ["aws:sagemaker/model:Model"],
  check: ({ inputs }) =>
    unmet({
      "enableNetworkIsolation is not true": inputs.enableNetworkIsolation === true,
      "vpcConfig.subnets is empty": list(at(inputs, "vpcConfig", "subnets")).length > 0,
    }),
};
