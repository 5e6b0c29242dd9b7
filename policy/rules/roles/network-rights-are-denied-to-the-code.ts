// Lambda needs rights on network interfaces, on all resources, to attach a function to a VPC; its code has the same role. A Deny by
// the calling function takes them from the code, and leaves them to Lambda.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html (best practice)

import type { Resource } from "../../../graph/resource";
import { at, record, texts } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { identityStatements, type Statement, trustStatements } from "../../queries/statements";

const policyType = "aws:iam/rolePolicy:RolePolicy";

/** What AWS's page denies: also what Lambda does not need. */
const always = ["ec2:DetachNetworkInterface"];

export const networkRightsAreDeniedToTheCode: Rule = {
  name: "network-rights-are-denied-to-the-code",
  description:
    "A function's role denies the function's own code the rights on networks that Lambda needs (lambda:SourceFunctionArn).",
  severity: "medium",
  controls: ["IAM.1", "Lambda.3"],
  types: ["aws:iam/role:Role"],
  check: (role, view) => {
    const trusts = trustStatements(role).flatMap(({ principals }) => principals);
    if (!trusts.includes("Service:lambda.amazonaws.com")) return undefined;
    const statements = view.pointingAt(role, policyType, "role").flatMap(identityStatements);
    const needed = statements
      .filter(({ allows }) => allows)
      .flatMap(({ actions }) => actions.filter((action) => /^ec2:/i.test(action)));
    if (needed.length === 0) return undefined;
    const functions = view
      .ofType("aws:lambda/function:Function")
      .filter((one) => view.points(one, "role", role))
      .map(({ outputs }) => outputs.arn);
    return functions.length === 0
      ? [violation("no function has the role")]
      : [...needed, ...always]
          .filter((action) => !functions.every((arn) => statements.some((one) => denies(one, action, arn))))
          .map((action) => violation("the code may do it, too", action));
  },
};

/** Whether a statement denies the action on everything to a function's code, under no other condition. */
function denies(
  { allows, actions, exceptActions, resources, exceptResources, conditions }: Statement,
  action: string,
  arn: Resource["outputs"][string],
): boolean {
  const [operator, ...others] = Object.keys(conditions);
  const tests = record(at(conditions, operator ?? ""));
  return (
    !(allows || exceptActions || exceptResources) &&
    actions.includes(action) &&
    resources.includes("*") &&
    others.length === 0 &&
    /^(Arn|String)(Equals|Like)$/.test(operator ?? "") &&
    Object.keys(tests).length === 1 &&
    texts(tests["lambda:SourceFunctionArn"]).some((name) => name === arn)
  );
}
