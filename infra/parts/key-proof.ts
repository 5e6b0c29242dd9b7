// How the rotation tests a new API key, depending on what else the settings ask of a caller.

import type { keyProofs } from "../../contract";

export type KeyProof = (typeof keyProofs)[number];

export interface ProofSettings {
  readonly apiGatewayAuth: "apiKey" | "iam" | "cognito" | "lambda";
  readonly allowedNetworks: readonly string[];
  readonly allowedCountries: readonly string[];
}

/**
 * How a new key can be tried out. With a token the rotation cannot call, since it has none; nor from an address of Lambda's,
 * which is in nobody's network, where some networks or countries alone may.
 */
export function proofOf({ apiGatewayAuth, allowedNetworks, allowedCountries }: ProofSettings): KeyProof {
  if (allowedNetworks.length > 0 || allowedCountries.length > 0) return "plan";
  switch (apiGatewayAuth) {
    case "apiKey":
      return "call";
    case "iam":
      return "signed";
    case "cognito":
    case "lambda":
      return "plan";
  }
}
