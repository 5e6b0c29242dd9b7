// Working credentials of each client that an API lists, with the same field names as the API's own credentials.

import { type Graph, ofType } from "../../graph/resource";
import { type ListedClient, listedClients } from "./clients";
import type { Principal } from "../iam/identities";
import type { Application } from "../issuer/auth0";
import type { PoolClient, UserPool } from "../issuer/cognito";
import type { LocalIssuer } from "../issuer/issuer";

/** Only the fields that apply are present. */
export interface ClientCredentials {
  apiKey?: string;
  accessKeyId?: string;
  secretAccessKey?: string;
  /** An access token that is valid now. */
  token?: string;
  clientId?: string;
  clientSecret?: string;
}

export interface ClientSources {
  readonly graph: Graph;
  /** By the ARN under which the client is listed. */
  readonly principals: ReadonlyMap<string, Principal>;
  readonly issuer: LocalIssuer | undefined;
  readonly applications: readonly Application[];
  readonly pools: readonly UserPool[];
  /** API keys that the rotation has made, by client name. */
  readonly rotatedKeys: ReadonlyMap<string, string | undefined>;
}

/** @returns the credentials of the clients that the API lists, by client name */
export async function clientCredentials(
  apiId: string,
  sources: ClientSources,
): Promise<Readonly<Record<string, ClientCredentials>>> {
  const own = listedClients(sources.graph).filter((client) => client.apiId === apiId);
  const entries = own.map(async (client) => [client.name, await credentialsOf(client, sources)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function credentialsOf(client: ListedClient, sources: ClientSources): Promise<ClientCredentials> {
  const key = ofType(sources.graph, "aws:apigateway/apiKey:ApiKey").find(({ id }) => id === client.keyId);
  const signer = sources.principals.get(client.principal ?? "");
  return {
    ...(key && { apiKey: String(key.outputs.value) }),
    ...(client.keyPrefix !== undefined && { apiKey: sources.rotatedKeys.get(client.name) }),
    ...(signer && { accessKeyId: signer.accessKeyId, secretAccessKey: signer.secretAccessKey }),
    ...(await tokenOf(client, sources)),
  };
}

async function tokenOf({ principal }: ListedClient, sources: ClientSources): Promise<ClientCredentials> {
  const { issuer, applications, pools } = sources;
  if (issuer === undefined || principal === undefined) return {};
  const shown = ({ id, secret }: Application | PoolClient) => ({ clientId: id, clientSecret: secret });
  for (const pool of pools) {
    const found = pool.clients.find(({ id }) => id === principal);
    if (found) return { ...shown(found), token: await issuer.tokens.genuine({ pool: pool.id, client: found.id }) };
  }
  const application = applications.find(({ id }) => id === principal);
  const audience = Object.keys(application?.grants ?? {})[0];
  if (application === undefined || audience === undefined) return {};
  return { ...shown(application), token: await issuer.tokens.genuine({ client: application.id, audience }) };
}
