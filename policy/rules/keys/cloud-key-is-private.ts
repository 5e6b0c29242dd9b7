// CIS Google Cloud 1.9: encryption with a key that everybody may use protects nothing.

import { list, parse, record, texts } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

const kinds = ["cryptoKeyIAM", "keyRingIAM"];
const forms = ["Member", "Binding", "Policy"];

export const cloudKeyIsPrivate: Rule = {
  name: "cloud-key-is-private",
  description: "Only named members may use a Google Cloud KMS key, never everybody.",
  severity: "critical",
  controls: ["GCP.KMS.public"],
  types: kinds.flatMap((kind) =>
    forms.map((form) => `gcp:kms/${kind}${form}:${kind[0]!.toUpperCase()}${kind.slice(1)}${form}`),
  ),
  check: ({ inputs }) => {
    const bindings = list(parse(inputs.policyData ?? {}, "policyData").bindings);
    const members = [inputs.member, inputs.members, ...bindings.map((item) => record(item).members)].flatMap(texts);
    return members
      .filter((member) => /^all(Authenticated)?Users$/i.test(member.trim()))
      .map((member) => violation("everybody may use the key", member));
  },
};
