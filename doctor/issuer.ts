// Checks that each token issuer publishes the discovery document and keys that the authorizers rely on.
// Source: https://openid.net/specs/openid-connect-discovery-1_0.html (4.3: the issuer is compared exactly)

import { bad, type CheckResult, good, unknown } from "./check-result";

/** Longest wait for an issuer, in milliseconds; API Gateway's is 1,500. */
const patience = 5_000;

export async function checkIssuers(settings: Readonly<Record<string, string>>, get = fetch): Promise<CheckResult[]> {
  const issuers: [key: string, issuer: string][] = [];
  if (settings.auth0Authorizer === "true" && settings.auth0Domain)
    issuers.push(["auth0Domain", `https://${settings.auth0Domain}/`]);
  if (settings.oidcIssuer) issuers.push(["oidcIssuer", settings.oidcIssuer]);
  return Promise.all(issuers.map(([key, issuer]) => checkIssuer(key, issuer, get)));
}

async function checkIssuer(key: string, issuer: string, get: typeof fetch): Promise<CheckResult> {
  const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  let document: { issuer?: unknown; jwks_uri?: unknown };
  let keys: unknown;
  try {
    document = await json(address, get);
    if (document.issuer !== issuer)
      return bad(`${key}: the discovery document names another issuer; the two must be equal to the letter`);
    const where = String(document.jwks_uri);
    if (!where.startsWith("https://")) return bad(`${key}: jwks_uri of the discovery document is not an https URL`);
    keys = (await json<{ keys?: unknown }>(where, get)).keys;
  } catch (error) {
    if (error instanceof ResponseError) return bad(`${key}: ${error.message}`);
    return unknown(`${key}: the issuer is not reachable from here`);
  }
  const signing = Array.isArray(keys) ? (keys as { kty?: unknown; kid?: unknown }[]) : [];
  // API Gateway's JWT authorizers support only RSA keys, and look them up by `kid`.
  const usable = signing.filter(({ kty, kid }) => kty === "RSA" && typeof kid === "string");
  if (usable.length === 0) return bad(`${key}: the issuer publishes no RSA key with an id`);
  return good(`${key}: the issuer's discovery document is valid, and it publishes ${usable.length} usable keys`);
}

/** The issuer answered, but with an error status or without JSON. */
class ResponseError extends Error {}

async function json<T>(address: string, get: typeof fetch): Promise<T> {
  const response = await get(address, { redirect: "error", signal: AbortSignal.timeout(patience) });
  if (!response.ok) throw new ResponseError(`${new URL(address).pathname} answers ${response.status}`);
  try {
    return (await response.json()) as T;
  } catch {
    throw new ResponseError(`${new URL(address).pathname} is not JSON`);
  }
}

export function checkAuth0(settings: Readonly<Record<string, string>>, environment = process.env): CheckResult[] {
  if (settings.auth0Authorizer !== "true") return [];
  const missing = ["AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"].filter((name) => !environment[name]);
  return [
    missing.length === 0
      ? good("Auth0: the environment has a management client")
      : unknown(`Auth0: ${missing.join(" and ")} not set here (docs/bootstrap.md, step 4)`),
  ];
}
