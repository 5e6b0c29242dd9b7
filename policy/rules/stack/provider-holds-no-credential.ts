// What a provider is given stands in the state, in plain text where the provider does not mark it. Credentials belong in the
// environment, and a connection whose certificate nobody checks gives them to whoever sits on the way.

import { violation, type Rule } from "../../queries/rule";

const credentials: Readonly<Record<string, readonly string[]>> = {
  "pulumi:providers:aws": ["accessKey", "secretKey", "token"],
  "pulumi:providers:gcp": ["accessToken", "credentials", "externalCredentials"],
  "pulumi:providers:auth0": ["apiToken", "clientAssertionPrivateKey", "clientSecret"],
};
/** Set to true, these give credentials away: by a certificate of anybody, or in the log. */
const careless = ["insecure", "debug"];

export const providerHoldsNoCredential: Rule = {
  name: "provider-holds-no-credential",
  description: "No provider is given a credential, skips the check of certificates, or logs what it sends.",
  severity: "high",
  controls: ["API8"],
  types: Object.keys(credentials),
  // Provider resources pass nested settings and booleans as JSON text.
  check: ({ type, inputs }) => [
    ...credentials[type]!.filter((key) => inputs[key] !== undefined && inputs[key] !== null && inputs[key] !== "").map(
      (key) => violation("a credential is set", key),
    ),
    ...careless.filter((key) => String(inputs[key]) === "true").map((key) => violation("is on", key)),
    ...(String(inputs.assumeRoleWithWebIdentity).includes('"webIdentityToken"')
      ? [violation("a credential is set", "webIdentityToken")]
      : []),
  ],
};
