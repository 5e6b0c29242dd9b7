// Secrets Manager checks by reasoning about the whole policy whether it gives broad access, also in a way that nobody here thought of.
// Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html (BlockPublicPolicy)

import { type Rule, unmet } from "../../queries/rule";

export const secretPolicyIsChecked: Rule = {
  name: "secret-policy-is-checked",
  description: "Secrets Manager refuses a secret's policy that gives broad access.",
  severity: "medium",
  controls: ["OWN.SecretReaders"],
  types: ["aws:secretsmanager/secretPolicy:SecretPolicy"],
  check: ({ inputs }) => unmet({ "blockPublicPolicy is not true": inputs.blockPublicPolicy === true }),
};
