// Checks that each token issuer publishes the discovery document and keys that the authorizers rely on.
// Source: https://openid.net/specs/openid-connect-discovery-1_0.html (4.3: the issuer is compared exactly)

import { readFileSync } from "node:fs";
import { request } from "node:https";
import { resolve } from "node:path";
import { rootCertificates } from "node:tls";
import { projectRoot } from "../graph/evaluate";
import { bad, type CheckResult, good, unknown } from "./check-result";

/** Longest wait for an issuer, in milliseconds; API Gateway's is 1,500. */
const patience = 5_000;

type Get = (address: string) => Promise<Response>;

/** @param getTrusting makes what fetches with these authorities (PEM) trusted, and no others */
export async function checkIssuers(
  settings: Readonly<Record<string, string>>,
  get: Get = fetched,
  getTrusting: (authorities: string | readonly string[]) => Get = trusting,
): Promise<CheckResult[]> {
  const issuers: Promise<CheckResult>[] = [];
  if (settings.auth0Authorizer === "true" && settings.auth0Domain)
    issuers.push(checkIssuer("auth0Domain", `https://${settings.auth0Domain}/`, get));
  if (settings.oidcIssuer)
    issuers.push(checkOwnIssuer(settings.oidcIssuer, settings.oidcAuthorities ?? "", get, getTrusting));
  return Promise.all(issuers);
}

/** By the authorities that the authorizer will trust on AWS: it never hears of those that this machine trusts besides. */
async function checkOwnIssuer(
  issuer: string,
  authorities: string,
  get: Get,
  getTrusting: (authorities: string | readonly string[]) => Get,
): Promise<CheckResult> {
  if (authorities !== "") {
    let text: string;
    try {
      text = readFileSync(resolve(projectRoot, authorities), "utf8");
    } catch {
      return bad("oidcAuthorities: the file cannot be read");
    }
    return checkIssuer("oidcIssuer", issuer, getTrusting(text), "the authorities in oidcAuthorities");
  }
  const found = await checkIssuer("oidcIssuer", issuer, get);
  if (found.state !== "good" || !process.env.NODE_EXTRA_CA_CERTS) return found;
  const there = await checkIssuer("oidcIssuer", issuer, getTrusting(rootCertificates));
  if (there.state !== "bad") return found;
  return unknown(
    "oidcIssuer: its certificate is trusted here through NODE_EXTRA_CA_CERTS alone, which the authorizer on AWS does not have: unless that is this network's own inspection, pulumi config set oidcAuthorities <PEM file>",
  );
}

async function checkIssuer(
  key: string,
  issuer: string,
  get: Get,
  authorities = "the public authorities",
): Promise<CheckResult> {
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
    if (untrusted.has(codeOf(error)))
      return bad(
        `${key}: its certificate does not come from ${authorities}: pulumi config set oidcAuthorities <PEM file> (and for this machine NODE_EXTRA_CA_CERTS)`,
      );
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

/** Node.js's codes for a certificate whose authority is not trusted. */
const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return String(code ?? cause?.code);
}

const fetched: Get = (address) => fetch(address, { redirect: "error", signal: AbortSignal.timeout(patience) });

/** `fetch` takes no authorities. A redirect is answered as it is, and so refused. */
function trusting(authorities: string | readonly string[]): Get {
  return (address) =>
    new Promise((done, fail) => {
      const signal = AbortSignal.timeout(patience);
      const sent = request(address, { ca: [authorities].flat(), signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => done(new Response(Buffer.concat(chunks), { status: response.statusCode })));
      });
      sent.on("error", fail);
      sent.end();
    });
}

async function json<T>(address: string, get: Get): Promise<T> {
  const response = await get(address);
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
