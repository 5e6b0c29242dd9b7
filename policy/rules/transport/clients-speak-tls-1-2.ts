// Older TLS versions can be downgraded and decrypted by an attacker on the network path.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html

import { httpApiType, restApiType } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { httpDomainType, restDomainType } from "../../queries/stages";
import { documentOf } from "../../queries/operations";
import { at, text, texts } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const clientsSpeakTls12: Rule = {
  name: "clients-speak-tls-1-2",
  description: "Domains and default endpoints accept TLS 1.2 or newer only.",
  severity: "high",
  controls: ["OWN.TLS12", "API8"],
  types: [restApiType, httpApiType, restDomainType, httpDomainType],
  check: (resource) => {
    // The default endpoint of an HTTP API always requires TLS 1.2 or newer.
    if (resource.type === httpApiType) return undefined;
    return unmet({
      "securityPolicy allows TLS below 1.2": isNew(policyOf(resource)),
      "the document's security policy allows TLS below 1.2": inDocument(resource).every(isNew),
    });
  },
};

function isNew(policy: string): boolean {
  return /^(TLS_1_[23]|SecurityPolicy_TLS1[23]_)/.test(policy);
}

/** The policy that an API's document also names. */
function inDocument(resource: Resource): string[] {
  const named = resource.type === restApiType ? at(documentOf(resource), "x-amazon-apigateway-security-policy") : "";
  return texts(named).filter(Boolean);
}

function policyOf({ type, inputs }: Resource): string {
  if (type === httpDomainType) return text(at(inputs, "domainNameConfiguration", "securityPolicy"));
  return text(inputs.securityPolicy);
}
