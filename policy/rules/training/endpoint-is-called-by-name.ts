// An endpoint asks for nothing but IAM's permission, and whoever calls it passes by keys, quotas and client lists: who may is named, one
// endpoint at a time.

import { text } from "../../queries/read";
import { type Rule, violation } from "../../queries/rule";
import { endpointStatements, endpointType, identityStatements, identityTypes } from "../../queries/statements";
import { hostedEndpointType } from "../../queries/hosting";

/** Whatever covers InvokeEndpoint, InvokeEndpointAsync or InvokeEndpointWithResponseStream. */
function invokes(pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  const matches = new RegExp(`^${expression}$`, "i");
  return ["", "Async", "WithResponseStream"].some((kind) => matches.test(`sagemaker:InvokeEndpoint${kind}`));
}

export const endpointIsCalledByName: Rule = {
  name: "endpoint-is-called-by-name",
  description:
    "sagemaker:InvokeEndpoint is allowed on named endpoints of this program alone, in roles as in the policies of VPC endpoints.",
  severity: "high",
  controls: ["API1", "API5"],
  types: [...identityTypes, endpointType],
  check: (resource, view) => {
    const read = resource.type === endpointType ? endpointStatements : identityStatements;
    const calling = read(resource).filter(
      ({ allows, actions, exceptActions }) =>
        allows && (exceptActions ? !actions.some(invokes) : actions.some(invokes)),
    );
    if (calling.length === 0) return undefined;
    // SageMaker writes an endpoint's name in lower case in its ARN.
    const ours = view.ofType(hostedEndpointType).map(({ outputs }) => text(outputs.arn).toLowerCase());
    return calling
      .filter(
        ({ resources, exceptResources }) =>
          exceptResources || resources.length === 0 || !resources.every((arn) => ours.includes(arn.toLowerCase())),
      )
      .map(({ sid }) => violation("it may call what is no endpoint of this program", sid));
  },
};
