// A permission for a service alone lets every account's API, bucket or secret invoke the function; one for everybody, anyone.

import { foreignAccount } from "../accounts";
import { text } from "../read";
import { type Flaw, flaw, type Rule, unmet } from "../rule";

const permission = "aws:lambda/permission:Permission";
const url = "aws:lambda/functionUrl:FunctionUrl";

export const functionIsInvokedByNamedCallers: Rule = {
  name: "function-is-invoked-by-named-callers",
  says: "Only named principals of this account may invoke a function or read a layer; a service only for a named source, and nobody through an open URL.",
  // A layer holds the models.
  types: [permission, url, "aws:lambda/layerVersionPermission:LayerVersionPermission"],
  check: ({ type, inputs }, view) => {
    if (type === url) {
      return unmet({ "authorizationType is not AWS_IAM": inputs.authorizationType === "AWS_IAM" });
    }
    const principal = text(inputs.principal);
    const source = text(inputs.sourceArn);
    if (/[*?]/.test(principal) || principal === "") return [flaw("principal is everybody")];
    if (inputs.functionUrlAuthType === "NONE") return [flaw("functionUrlAuthType is NONE")];
    const flaws = type === permission && principal.includes(".") ? ofService(principal, source, inputs) : [];
    if (flaws.length > 0) return flaws;
    const foreign = foreignAccount(principal, view) ?? foreignAccount(source, view);
    return foreign === undefined ? [] : [flaw("a foreign account may use it", foreign)];
  },
};

/** What a service may do for anybody, where it is not said for whom. */
function ofService(principal: string, source: string, inputs: Readonly<Record<string, unknown>>): Flaw[] {
  const [, , , region = "", account = "", name = ""] = source.split(":");
  return unmet({
    "action is not lambda:InvokeFunction": text(inputs.action) === "lambda:InvokeFunction",
    "sourceArn is not set": source !== "",
    "sourceArn names no resource": source === "" || /^[\w-]/.test(name),
    "sourceArn has a wildcard for region or account": !/[*?]/.test(region + account),
    // A bucket's ARN has no account: whoever takes a deleted bucket's name would be let in.
    "sourceAccount is not set": principal !== "s3.amazonaws.com" || text(inputs.sourceAccount) !== "",
  });
}
