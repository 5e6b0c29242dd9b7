// Some actions mean little without a condition: a grant hands a key on to whomever, unless an AWS service asks for it; metrics can be
// written into any namespace, and so silence the alarms of others.
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/grant-authorization.html

import { at, record, texts } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import {
  endpointStatements,
  endpointType,
  identityStatements,
  identityTypes,
  resourcePolicyTypes,
  resourceStatements,
  type Statement,
} from "../../queries/statements";

interface Demand {
  readonly action: RegExp;
  isMet(statement: Statement): boolean;
  readonly message: string;
}

const demands: readonly Demand[] = [
  {
    action: /^kms:(creategrant|create\*)$/i,
    isMet: ({ conditions }) => texts(at(conditions, "Bool", "kms:GrantIsForAWSResource")).join() === "true",
    message: "kms:GrantIsForAWSResource is not demanded",
  },
  {
    action: /^cloudwatch:put(metricdata|metric\*|\*)$/i,
    isMet: ({ conditions }) => {
      const names = texts(record(conditions.StringEquals)["cloudwatch:namespace"]);
      return names.length > 0 && !names.some((name) => /[*?]|\$\{/.test(name) || name === "");
    },
    message: "cloudwatch:namespace is not named",
  },
];

export const actionHasItsCondition: Rule = {
  name: "action-has-its-condition",
  description:
    "A grant on a key is allowed only for AWS services (kms:GrantIsForAWSResource), and metrics only in named namespaces (cloudwatch:namespace).",
  severity: "medium",
  controls: ["KMS.1", "OWN.PolicyActions"],
  types: [...identityTypes, ...resourcePolicyTypes, endpointType],
  check: (resource) => {
    const { type } = resource;
    const read = identityTypes.includes(type)
      ? identityStatements
      : type === endpointType
        ? endpointStatements
        : resourceStatements;
    const found = read(resource)
      .filter(({ allows }) => allows)
      .flatMap((statement) =>
        demands
          .filter(({ action }) => statement.actions.some((name) => action.test(name)))
          .map((demand) => ({ demand, statement })),
      );
    if (found.length === 0) return undefined;
    return found
      .filter(({ demand, statement }) => !demand.isMet(statement))
      .map(({ demand }) => violation(demand.message));
  },
};
