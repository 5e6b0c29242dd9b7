// The OAuth clients to which the local issuer gives tokens in Auth0's place: the application that the program declares
// with its grants, one per listed client, and a made-up one for any other audience that an authorizer requires.

import { createHmac } from "node:crypto";
import { scope } from "../../contract";
import { type Graph, ofType } from "../../graph/resource";
import type { Api, Application, Tenant } from "../issuer/auth0";
import { listedClients } from "./clients";
import { requiredTokens } from "./required-tokens";

/** Lifetime in seconds if the program sets none. */
const usualLifetime = 3_600;

/** @param issuer URL of the local issuer; authorizers that trust another issuer are ignored */
export function tenantOf(graph: Graph, issuer: string, seed: Buffer): Tenant {
  const audiences = requiredTokens(graph)
    .filter((required) => required.issuer === issuer)
    .map(({ audience }) => audience);
  const declared = auth0Application(graph);
  const rest = [...new Set(audiences)].filter((audience) => !Object.hasOwn(declared?.grants ?? {}, audience));
  const applications = [
    ...(declared ? [declared] : []),
    ...(rest.length > 0 ? [ownApplication(rest, seed)] : []),
    ...clientApplications(graph, issuer, seed),
  ];
  const named = new Set(applications.flatMap(({ grants }) => Object.keys(grants)));
  return { apis: [...named].map((audience) => apiOf(graph, audience)), applications };
}

/** The machine-to-machine application that the program declares, with its simulated secret. */
function auth0Application(graph: Graph): Application | undefined {
  const client = ofType(graph, "auth0:index/client:Client")[0];
  if (!client) return undefined;
  const id = String(client.outputs.clientId);
  const credentials = ofType(graph, "auth0:index/clientCredentials:ClientCredentials").find(
    ({ inputs }) => inputs.clientId === id,
  );
  const grants = ofType(graph, "auth0:index/clientGrant:ClientGrant").filter(({ inputs }) => inputs.clientId === id);
  return {
    id,
    secret: String(credentials?.outputs.clientSecret),
    grants: Object.fromEntries(grants.map(({ inputs }) => [String(inputs.audience), inputs.scopes as string[]])),
  };
}

/** An application for each listed client whose API trusts the issuer. */
function clientApplications(graph: Graph, issuer: string, seed: Buffer): Application[] {
  return listedClients(graph).flatMap(({ apiId, principal: id = "" }) =>
    requiredTokens(graph)
      .filter((required) => required.apiId === apiId && required.issuer === issuer && id !== "")
      .map(({ audience }) => ({ ...ownApplication([audience], seed, id), id })),
  );
}

function ownApplication(audiences: readonly string[], seed: Buffer, name = "application"): Application {
  const derive = (purpose: string, length: number) =>
    createHmac("sha512", seed).update(`${name}/${purpose}`).digest("base64url").slice(0, length);
  return {
    id: derive("id", 32),
    secret: derive("secret", 64),
    grants: Object.fromEntries(audiences.map((audience) => [audience, [scope]])),
  };
}

function apiOf(graph: Graph, audience: string): Api {
  const server = ofType(graph, "auth0:index/resourceServer:ResourceServer").find(
    ({ inputs }) => inputs.identifier === audience,
  );
  return { audience, lifetime: Number(server?.inputs.tokenLifetime ?? usualLifetime) };
}
