// A service that acts on behalf of any caller (the confused deputy) must act for this account's resources only.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html

import { narrowingKeys } from "../../queries/conditions";
import { violation, type Rule } from "../../queries/rule";
import { resourcePolicyTypes, resourceStatements } from "../../queries/statements";

const binding = /^(aws:source(owner|account|arn)|kms:(calleraccount|encryptioncontext:.+))$/;

export const serviceAccessIsBound: Rule = {
  name: "service-access-is-bound",
  description: "Where a resource policy allows a service, a condition limits it to this account's resources.",
  severity: "medium",
  controls: ["KMS.5"],
  types: resourcePolicyTypes,
  check: (resource, view) => {
    const services = resourceStatements(resource).filter(
      ({ allows, principals }) => allows && principals.some((name) => name.startsWith("Service:")),
    );
    if (services.length === 0) return undefined;
    return services
      .filter((statement) => !narrowingKeys(statement, view).some((key) => binding.test(key)))
      .flatMap(({ principals }) => principals.map((name) => violation("a service is let in without a source", name)));
  },
};
