// Everyone who may read a function's configuration, including auditors and tools, sees its environment variables.

import { credentialsOf, looksSecret } from "../../queries/credentials";
import { functionType } from "../../queries/lambda-functions";
import { at, record, text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

/** Names of credentials. Names of a reference to one (`…_ARN`, `…_ID`, `…_NAME`, `…_URL`) are not secret. */
const secretName = /(SECRET|PASSW|PWD|TOKEN|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|SIGNING_?KEY)/i;
const reference = /_(ARN|ID|NAME|URL|URI|ISSUER|AUDIENCE|ENDPOINT|PERIOD|SECONDS|DAYS)$/i;

export const functionEnvironmentHoldsNoSecret: Rule = {
  name: "function-environment-holds-no-secret",
  description: "A function's environment holds names and ARNs, never a credential.",
  severity: "high",
  controls: ["OWN.LambdaEnvSecret"],
  types: [functionType],
  check: ({ inputs, secrets }, view) => {
    const known = credentialsOf(view);
    return Object.entries(record(at(inputs, "environment", "variables"))).flatMap(([name, item]) => {
      const value = text(item);
      const path = `inputs.environment.variables.${name}`;
      const marked = secrets.some((secret) => path === secret || path.startsWith(`${secret}.`));
      const isCredential = [...known].some((credential) => value.includes(credential));
      const named = secretName.test(name) && !reference.test(name) && !/^(arn:|https:\/\/[^@]*$|$)/.test(value);
      return marked || isCredential || named || looksSecret(name, value)
        ? [violation("a variable looks like a credential", name)]
        : [];
    });
  },
};
