// Without a pinned version, anyone who can write to the truststore's bucket can admit clients of their own.

import { httpDomainType, restDomainType } from "../../queries/stages";
import { at, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const truststoreIsPinned: Rule = {
  name: "truststore-is-pinned",
  description: "Mutual TLS uses a pinned version of a truststore of this program.",
  severity: "medium",
  controls: ["OWN.Mtls"],
  types: [restDomainType, httpDomainType],
  check: ({ inputs }, view) => {
    const mutual = inputs.mutualTlsAuthentication;
    if (mutual === undefined || mutual === null) return undefined;
    const version = text(at(mutual, "truststoreVersion"));
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text(at(mutual, "truststoreUri"))) ?? [];
    const object = view
      .ofType("aws:s3/bucketObjectv2:BucketObjectv2")
      .find((one) => one.inputs.bucket === bucket && one.inputs.key === key);
    return unmet({
      "truststoreUri is no object of this program": object !== undefined,
      "truststoreVersion is not that of the object": version !== "" && version === object?.outputs.versionId,
    });
  },
};
