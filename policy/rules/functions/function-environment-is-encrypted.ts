// Lambda's own key decrypts for anyone who may read the function; a customer-managed key has a key policy.

import { functionType } from "../../queries/lambda-functions";
import { at, record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const functionEnvironmentIsEncrypted: Rule = {
  name: "function-environment-is-encrypted",
  description: "A function's environment is encrypted by a customer-managed key.",
  severity: "low",
  controls: ["OWN.LambdaEnvKms"],
  types: [functionType],
  check: ({ inputs }) =>
    Object.keys(record(at(inputs, "environment", "variables"))).length === 0
      ? undefined
      : unmet({ "kmsKeyArn is not set": text(inputs.kmsKeyArn) !== "" }),
};
