// A role without a policy is a leftover, or its policy was lost.

import { list } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { identityStatements } from "../../queries/statements";

export const roleHasAPolicy: Rule = {
  name: "role-has-a-policy",
  description: "A role has a policy, and the policy has statements.",
  severity: "low",
  controls: ["OWN.RoleUsed"],
  types: ["aws:iam/role:Role"],
  check: (role, view) => {
    const inline = view.pointingAt(role, "aws:iam/rolePolicy:RolePolicy", "role");
    const attached = view.pointingAt(role, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role");
    const own = () => list(role.inputs.inlinePolicies).length + list(role.inputs.managedPolicyArns).length;
    if (inline.length + attached.length === 0 && own() === 0) return [violation("the role has no policy")];
    return inline.some((policy) => identityStatements(policy).length === 0)
      ? [violation("a policy has no statements")]
      : [];
  },
};
