// A permission for a service without a source lets APIs, buckets or secrets of any account invoke the function; one for
// everybody lets anyone.

import { foreignAccount, isWholeAccount, isWide } from "../../queries/arns";
import { text } from "../../queries/read";
import { type Violation, violation, type Rule, unmet } from "../../queries/rule";

const permission = "aws:lambda/permission:Permission";
const url = "aws:lambda/functionUrl:FunctionUrl";

export const functionIsInvokedByNamedCallers: Rule = {
  name: "function-is-invoked-by-named-callers",
  description:
    "Only named principals of this account may invoke a function, and only its own account may read a layer; a service invokes it only for a named source, and nobody through an open URL.",
  severity: "critical",
  controls: ["Lambda.1"],
  // Layers contain the models.
  types: [permission, url, "aws:lambda/layerVersionPermission:LayerVersionPermission"],
  check: ({ type, inputs }, view) => {
    if (type === url) {
      return unmet({ "authorizationType is not AWS_IAM": inputs.authorizationType === "AWS_IAM" });
    }
    const principal = text(inputs.principal);
    const source = text(inputs.sourceArn);
    if (/[*?]/.test(principal) || principal === "") return [violation("principal is everybody")];
    if (inputs.functionUrlAuthType === "NONE") return [violation("functionUrlAuthType is NONE")];
    const violations = type === permission && principal.includes(".") ? ofService(principal, source, inputs) : [];
    if (violations.length > 0) return violations;
    // Any identity of the account could invoke the function; the permission to read a layer can name nothing smaller.
    if (type === permission && isWholeAccount(principal)) return [violation("principal is a whole account", principal)];
    const [foreign] = [principal, source, text(inputs.sourceAccount)].flatMap(
      (name) => foreignAccount(name, view) ?? [],
    );
    return foreign === undefined ? [] : [violation("a foreign account may use it", foreign)];
  },
};

/** Violations of a permission for a service: it must be limited to an action and to the resource on whose behalf it acts. */
function ofService(principal: string, source: string, inputs: Readonly<Record<string, unknown>>): Violation[] {
  const [, , , region = "", account = ""] = source.split(":");
  return unmet({
    "action is not lambda:InvokeFunction": text(inputs.action) === "lambda:InvokeFunction",
    "sourceArn is not set": source !== "",
    "sourceArn names no resource": source === "" || !isWide(source),
    "sourceArn has a wildcard for region or account": !/[*?]/.test(region + account),
    // A bucket's ARN has no account: whoever creates a bucket with a deleted one's name would be admitted.
    "sourceAccount is not set": principal !== "s3.amazonaws.com" || text(inputs.sourceAccount) !== "",
  });
}
