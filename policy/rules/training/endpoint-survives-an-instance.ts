// An endpoint with a single instance is down whenever that instance fails.

import { amount, at, list } from "../../queries/read";
import { endpointConfigurationType } from "../../queries/hosting";
import { type Rule, unmet } from "../../queries/rule";

export const endpointSurvivesAnInstance: Rule = {
  name: "endpoint-survives-an-instance",
  description: "A SageMaker endpoint starts with more than one instance of each variant.",
  severity: "medium",
  controls: ["SageMaker.4"],
  types: [endpointConfigurationType],
  check: ({ inputs }) => {
    const variants = list(inputs.productionVariants);
    return unmet({
      "initialInstanceCount is under 2":
        variants.length > 0 &&
        variants.every(
          (item) => at(item, "serverlessConfig") !== undefined || amount(at(item, "initialInstanceCount")) > 1,
        ),
    });
  },
};
