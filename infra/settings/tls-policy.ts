// TLS policies of the REST APIs, for their own domains and their default endpoints. HTTP APIs have no choice (TLS_1_2).

/** Values of the setting `tlsPolicy`. */
export const tlsPolicies = ["tls13", "tls12"] as const;

/**
 * API Gateway's names: TLS 1.3 only; or, for older clients, TLS 1.2 as well, with forward secrecy and post-quantum key
 * exchange.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
 */
export const securityPolicies: Readonly<Record<(typeof tlsPolicies)[number], string>> = {
  tls13: "SecurityPolicy_TLS13_1_3_2025_09",
  tls12: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
};
