// An integration, a key, a role or a target in another account gets what is meant for ours, or decides what happens here; and a bucket,
// a function or a role of the same name may be anybody's.

import { foreignAccount } from "../../queries/arns";
import { isImageRegistry } from "../../queries/image-registries";
import { textOf } from "../../queries/references";
import { violation, type Rule } from "../../queries/rule";

/** The account of an ARN, of an image's registry, and the value of a condition on an account; quotes may be escaped, in documents. */
const accounts =
  /\barn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):|"(\d{12})\.dkr\.ecr\.|account\w*\\*"\s*:\s*\[?\s*\\*"(\d{12})\\*"/gi;

export const arnNamesThisAccount: Rule = {
  name: "arn-names-this-account",
  description:
    "Every ARN and account in a resource's inputs, also inside its documents, is of this program's own account; images may come from SageMaker's registries.",
  severity: "high",
  controls: ["OWN.OtherAccounts", "API10"],
  types: ["*"],
  check: (resource, view) => {
    const named = [...textOf(resource).matchAll(accounts)].map(([, arn, registry, value]) => arn ?? registry ?? value!);
    if (named.length === 0) return undefined;
    return [...new Set(named)]
      .filter((account) => foreignAccount(account, view) !== undefined && !isImageRegistry(account))
      .map((account) => violation("an ARN names another account", account));
  },
};
