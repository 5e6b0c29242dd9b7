// TLS security policies of endpoints and custom domains: the lowest TLS version of each.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html

import type { TlsVersion } from "../../server/message";

/**
 * A policy's name states its newest and oldest TLS version. AWS's default still accepts TLS 1.0; this server does not.
 */
export function oldestVersion(policy: unknown): TlsVersion {
  return /^SecurityPolicy_TLS13_1_3_/.test(String(policy)) ? "TLSv1.3" : "TLSv1.2";
}

/** Enhanced policies exist for REST APIs only and exclude mutual TLS. */
export function isEnhanced(policy: unknown): boolean {
  return /^SecurityPolicy_/.test(String(policy));
}

/** Why a policy cannot be served, or `undefined`. The server requires TLS 1.2 or later in any case. */
export function policyFault(policy: unknown): string | undefined {
  return /^(?:TLS_1_2$|SecurityPolicy_TLS1[23]_)/.test(String(policy))
    ? undefined
    : "allows TLS before 1.2, or is unknown";
}
