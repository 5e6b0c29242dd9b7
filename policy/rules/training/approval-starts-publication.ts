// Every registered model changes its state: what publishes a model must start on an approval, and for its own group alone.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html

import { at, parse, texts } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const approvalStartsPublication: Rule = {
  name: "approval-starts-publication",
  description: "A rule on model packages matches approved ones of named groups, and no others.",
  severity: "high",
  controls: ["OWN.ModelApproval"],
  types: ["aws:cloudwatch/eventRule:EventRule"],
  check: ({ inputs }) => {
    if ((inputs.eventPattern ?? "") === "") return undefined;
    const pattern = parse(inputs.eventPattern, "eventPattern");
    if (!texts(pattern["detail-type"]).includes("SageMaker Model Package State Change")) return undefined;
    return unmet({
      "ModelApprovalStatus is not Approved alone":
        texts(at(pattern, "detail", "ModelApprovalStatus")).join() === "Approved",
      "ModelPackageGroupName is not set":
        texts(at(pattern, "detail", "ModelPackageGroupName")).filter(Boolean).length > 0,
    });
  },
};
