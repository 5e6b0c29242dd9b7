// TLS security policies of endpoints and domains: which version is the oldest that they speak.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html

import type { TlsVersion } from "./front";

/** Policies are named after the newest and the oldest version they speak. Without one AWS still speaks TLS 1.0; nothing here does. */
export function oldestVersion(policy: unknown): TlsVersion {
  return /^SecurityPolicy_TLS13_1_3_/.test(String(policy)) ? "TLSv1.3" : "TLSv1.2";
}

/** Enhanced policies are of REST APIs alone, and go with no mutual TLS. */
export function isEnhanced(policy: unknown): boolean {
  return /^SecurityPolicy_/.test(String(policy));
}

/** Why a policy is not served, or `undefined`. The server speaks TLS 1.2 or later whatever is asked. */
export function policyFault(policy: unknown): string | undefined {
  return /^(?:TLS_1_2$|SecurityPolicy_TLS1[23]_)/.test(String(policy))
    ? undefined
    : "allows TLS before 1.2, or is unknown";
}
