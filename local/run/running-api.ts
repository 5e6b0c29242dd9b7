// An API as a run serves it: its URLs, its routes, and the credentials that open it.

import type { Graph } from "../../graph/resource";
import { type Credentials, credentialsOf, type Sources, userPools } from "../credentials/credentials";
import type { ApiListener } from "./listeners";
import type { ServedApi } from "../server/http-message";
import type { Principal } from "../iam/identities";
import { clientCredentials } from "../credentials/clients";
import type { ClientFiles } from "../certificates/authority";

export interface RunningApi extends Omit<ApiListener, "api">, Pick<ServedApi, "id" | "name" | "routes"> {
  /** Credentials that open this API. */
  readonly credentials: Credentials;
}

export interface CallerSources extends Sources {
  readonly graph: Graph;
  /** Principals that sign for the clients that are roles or accounts, by the client's ARN. */
  readonly principals: ReadonlyMap<string, Principal>;
  /** The run's client certificate; undefined if no API requires one. */
  readonly certificate: ClientFiles | undefined;
}

export async function runningApi({ api, ...listener }: ApiListener, sources: CallerSources): Promise<RunningApi> {
  const { graph, principals, issuer, tenant, certificate, rotatedKeys } = sources;
  const own = await credentialsOf(api, sources);
  const applications = tenant?.applications ?? [];
  const pools = userPools(graph);
  const clients = await clientCredentials(api.id, { graph, principals, issuer, applications, pools, rotatedKeys });
  const shown = certificate && listener.domains.some(({ mutualTls }) => mutualTls);
  const { clientCert, clientKey } = certificate ?? {};
  const { id, name, routes } = api;
  const credentials = { ...own, ...firstOf(clients), ...(shown && { clientCert, clientKey }) };
  return { ...listener, id, name, routes, credentials };
}

/** Credentials of the clients that the API lists. The first client's stand in for the API's own. */
function firstOf(clients: NonNullable<Credentials["clients"]>): Credentials {
  const [first] = Object.values(clients);
  return first === undefined ? {} : { ...first, clients };
}
