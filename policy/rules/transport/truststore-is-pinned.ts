// Without a pinned version, anyone who can write to the truststore's bucket can admit clients of their own.

import { httpDomainType, restDomainType } from "../../queries/stages";
import { at, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const truststoreIsPinned: Rule = {
  name: "truststore-is-pinned",
  description: "Mutual TLS uses a pinned version of the truststore.",
  severity: "medium",
  controls: ["OWN.Mtls"],
  types: [restDomainType, httpDomainType],
  check: ({ inputs }) => {
    const mutual = inputs.mutualTlsAuthentication;
    if (mutual === undefined || mutual === null) return undefined;
    return unmet({
      "truststoreUri is not in S3": /^s3:\/\/[^/]+\/.+/.test(text(at(mutual, "truststoreUri"))),
      "truststoreVersion is not set": text(at(mutual, "truststoreVersion")) !== "",
    });
  },
};
