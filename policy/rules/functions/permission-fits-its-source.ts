// The source of a permission names a resource of one service: for any other principal it is no source, and may be let in by mistake.

import { text } from "../../queries/read";
import { type Rule, violation } from "../../queries/rule";

/** Services whose principal is not `<service in the ARN>.amazonaws.com`. */
const principals: Readonly<Record<string, string>> = {
  "execute-api": "apigateway.amazonaws.com",
  cloudwatch: "lambda.alarms.cloudwatch.amazonaws.com",
};

export const permissionFitsItsSource: Rule = {
  name: "permission-fits-its-source",
  description: "A permission to invoke a function is for the service of the resource that its sourceArn names.",
  severity: "medium",
  controls: ["Lambda.1"],
  types: ["aws:lambda/permission:Permission"],
  check: ({ inputs }) => {
    const [scheme, , service = ""] = text(inputs.sourceArn).split(":");
    if (scheme !== "arn") return undefined;
    const principal = text(inputs.principal).replace(/\.cn$/, "");
    // CloudWatch Logs is also named with its region.
    const fits = [principals[service] ?? `${service}.amazonaws.com`].includes(
      principal.replace(/^logs\.[\w-]+\./, "logs."),
    );
    return fits ? [] : [violation("principal is not the service of sourceArn", service)];
  },
};
