// How the rotation tests a new API key, depending on what else the settings ask of a caller.

import type { keyProofs } from "../../contract";

export type KeyProof = (typeof keyProofs)[number];

export interface ProofSettings {
  readonly apiGatewayAuth: "apiKey" | "iam" | "cognito" | "lambda";
  readonly allowedNetworks: readonly string[];
  readonly allowedCountries: readonly string[];
}

/**
 * How the rotation can test a new key. It cannot call the API if a token is required, since it has none, or if only
 * some networks or countries may call, since it calls from Lambda's own addresses.
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
