// Code signing prevents the deployment of unapproved code, provided that a signing job approves each archive.

import { functionType } from "../../queries/lambda-functions";
import { at, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const functionCodeIsSigned: Rule = {
  name: "function-code-is-signed",
  description: "A function runs only code that was signed.",
  severity: "low",
  controls: ["OWN.CodeSigning"],
  types: [functionType],
  check: (resource, view) => {
    const config = view
      .ofType("aws:lambda/codeSigningConfig:CodeSigningConfig")
      .find((candidate) => view.points(resource, "codeSigningConfigArn", candidate));
    return unmet({
      "codeSigningConfigArn is not set": text(resource.inputs.codeSigningConfigArn) !== "",
      "untrustedArtifactOnDeployment is not Enforce":
        config === undefined || at(config.inputs, "policies", "untrustedArtifactOnDeployment") === "Enforce",
    });
  },
};
