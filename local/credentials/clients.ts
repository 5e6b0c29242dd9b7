// The clients that the APIs of a program list, read from the variables of their stages, and a simulated IAM principal
// for each client that signs its requests.

import { clientFields, clientVariable } from "../../contract";
import { type Graph, ofType } from "../../graph/resource";
import { consent, type Principal, principal } from "../iam/identities";

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
