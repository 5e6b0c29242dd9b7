// Whatever service a role trusts gets its rights: a role that trusts a service which nothing here uses is open to whoever uses that
// service in this account.

import { referencesTo } from "../../queries/references";
import { violation, type Rule } from "../../queries/rule";
import { trustStatements } from "../../queries/statements";

/** Services whose principal is not named after the module of the resources that use the role: how their types begin. */
const users: Readonly<Record<string, readonly string[]>> = {
  "vpc-flow-logs": ["aws:ec2/flowLog"],
  ec2: ["aws:iam/instanceProfile"],
  events: ["aws:cloudwatch/event"],
  states: ["aws:sfn/"],
  // A pipeline's definition, which names the roles of its steps, may be an object.
  sagemaker: ["aws:sagemaker/", "aws:s3/bucketObject"],
};

export const roleServesWhatUsesIt: Rule = {
  name: "role-serves-what-uses-it",
  description: "A role trusts only a service of which a resource of this program takes the role.",
  severity: "high",
  controls: ["IAM.1"],
  types: ["aws:iam/role:Role"],
  check: (role, view) => {
    const services = trustStatements(role)
      .filter(({ allows }) => allows)
      .flatMap(({ principals }) => principals)
      .flatMap((name) => /^Service:([\w-]+)\./.exec(name)?.[1] ?? []);
    if (services.length === 0) return undefined;
    const takers = referencesTo(role, view);
    return services
      .filter(
        (service) =>
          !takers.some(({ type }) => (users[service] ?? [`aws:${service}/`]).some((start) => type.startsWith(start))),
      )
      .map((service) => violation("no resource of the service takes the role", service));
  },
};
