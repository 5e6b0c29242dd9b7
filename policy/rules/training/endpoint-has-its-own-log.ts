// A log group that SageMaker creates itself never expires and is not encrypted with a customer-managed key.

import { hostedEndpointType } from "../../queries/hosting";
import { text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

export const endpointHasItsOwnLog: Rule = {
  name: "endpoint-has-its-own-log",
  description: "A SageMaker endpoint writes to a log group that the program declares.",
  severity: "medium",
  controls: ["OWN.LogGroupExists"],
  types: [hostedEndpointType],
  check: ({ inputs }, view) => {
    const named = `/aws/sagemaker/Endpoints/${text(inputs.name)}`;
    const declared = view
      .ofType("aws:cloudwatch/logGroup:LogGroup")
      .some((group) => text(group.inputs.name ?? group.outputs.name) === named);
    return declared ? [] : [violation("no LogGroup has the name of the endpoint's log")];
  },
};
