// The clients that the APIs of a program list, read from the variables of their stages, and a simulated IAM principal
// for each client that signs its requests.

import { clientFields, clientVariable } from "../../contract";
import { type Graph, ofType } from "../../graph/resource";
import { consent, type Principal, principal } from "../iam/identities";
import type { Application } from "../issuer/auth0";
import type { PoolClient, UserPool } from "../issuer/cognito";
import type { LocalIssuer } from "../issuer/issuer";

export interface ListedClient {
  /** Physical id of the API that lists it. */
  readonly apiId: string;
  readonly name: string;
  readonly keyId?: string;
  /** Prefix of the client's rotated API keys. */
  readonly keyPrefix?: string;
  /** ARN of a role or of an account's root, or the id of an OAuth client. */
  readonly principal?: string;
  /** Names of the models that the client may call; absent: all. */
  readonly models?: readonly string[];
}

export function listedClients(graph: Graph): ListedClient[] {
  return ofType(graph, "aws:apigateway/stage:Stage").flatMap(({ inputs }) =>
    Object.entries((inputs.variables ?? {}) as Record<string, string>)
      .filter(([name]) => name.startsWith(clientVariable))
      .map(([name, value]) => clientOf(String(inputs.restApi), name, value)),
  );
}

function clientOf(apiId: string, variable: string, value: string): ListedClient {
  const fields = new URLSearchParams(value);
  return {
    apiId,
    name: variable.slice(clientVariable.length).replaceAll("_", "-"),
    keyId: fields.get(clientFields.key) ?? undefined,
    keyPrefix: fields.get(clientFields.keyPrefix) ?? undefined,
    principal: fields.get(clientFields.principal) ?? undefined,
    models: fields.get(clientFields.models)?.split(","),
  };
}

/**
 * The principal that signs for each client that is a role or an account, by the client's ARN.
 * @param seed derives the access keys
 * @param own account id of the stack
 */
export function clientPrincipals(graph: Graph, seed: Buffer, own: string): ReadonlyMap<string, Principal> {
  const arns = listedClients(graph).flatMap(({ principal: arn }) => (arn?.startsWith("arn:") ? [arn] : []));
  return new Map(arns.map((arn) => [arn, principalOf(arn, seed, own)]));
}

function principalOf(arn: string, seed: Buffer, own: string): Principal {
  const [, partition = "", account = "", role] =
    /^arn:([\w-]+):iam::(\d{12}):(?:root|role\/(?:[^/]+\/)*([^/]+))$/.exec(arn) ?? [];
  const policies = account === own ? [] : [consent];
  const user = principal(seed, { partition, id: account }, `client/${arn}`, policies);
  if (role === undefined) return { ...user, arn: `arn:${partition}:iam::${account}:user/client` };
  const userId = `AROA${user.userId.slice(4)}:local`;
  return { ...user, arn: `arn:${partition}:sts::${account}:assumed-role/${role}/local`, userId };
}

// Working credentials of each client that an API lists, with the same field names as the API's own credentials.

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

interface ClientSources {
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
