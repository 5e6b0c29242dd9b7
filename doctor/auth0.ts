// Checks that the environment has the credentials of Auth0's management client, which Pulumi's provider needs.
// Source: https://www.pulumi.com/registry/packages/auth0/installation-configuration/

import { good, type Line, unknown } from "./line";

export function checkAuth0(settings: Readonly<Record<string, string>>, environment = process.env): Line[] {
  if (settings.auth0Authorizer !== "true") return [];
  const missing = ["AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"].filter((name) => !environment[name]);
  return [
    missing.length === 0
      ? good("Auth0: the environment has a management client")
      : unknown(`Auth0: ${missing.join(" and ")} not set here (docs/bootstrap.md, step 4)`),
  ];
}
