// A condition that can never hold makes an Allow useless, and a Deny of everybody but somebody a Deny of everybody.

import { canUse } from "../roles/condition-keys";
import { record } from "../../queries/read";
import { flaw, type Rule } from "../../queries/rule";
import {
  endpointStatements,
  resourcePolicyTypes,
  resourceStatements,
  type Statement,
  trustStatements,
} from "../../queries/statements";

const roleType = "aws:iam/role:Role";
const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** Types whose module is not the prefix of the service's actions and condition keys. */
const prefixes: Readonly<Record<string, string>> = {
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "logs",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "events",
  "aws:apigateway/restApi:RestApi": "execute-api",
  "aws:apigateway/restApiPolicy:RestApiPolicy": "execute-api",
  [roleType]: "sts",
};

export const resourcePolicyUsesItsServicesKeys: Rule = {
  name: "resource-policy-uses-its-services-keys",
  says: "The conditions of a resource policy, of a role's trust and of a VPC endpoint's policy use condition keys that have a value there: global ones and those of the service, never lambda:SourceFunctionArn.",
  types: [...resourcePolicyTypes, roleType, endpointType],
  check: (resource) => {
    const { type } = resource;
    const read = type === roleType ? trustStatements : type === endpointType ? endpointStatements : resourceStatements;
    const statements = read(resource);
    if (statements.length === 0) return undefined;
    const service = prefixes[type] ?? type.split(/[:/]/)[1]!;
    return statements.flatMap((statement) => {
      // An endpoint's policy is about the services that its statement names.
      const services = type === endpointType ? servicesOf(statement) : [service];
      return Object.values(statement.conditions)
        .flatMap((tests) => Object.keys(record(tests)))
        .filter((key) => !canUse(key, services))
        .map((key) => flaw("a condition asks for what has no value in this policy", key));
    });
  },
};

function servicesOf({ actions }: Statement): string[] {
  return actions.map((action) => action.toLowerCase().split(":")[0]!);
}
