// The servers of a run: every API's default endpoint at `localhost`, on a port of its own, with its own domains beside it on the
// same port, told apart by the name that a client's TLS asks for. Where the default endpoint is disabled, the own domain also
// answers at `localhost` on one more port, for clients that cannot be told where a name leads.

import type { Authority, Pair } from "./certificates";
import type { ServedApi, TlsVersion } from "./gateway/front";
import type { Gateway, ServedDomain } from "./gateway/gateway";
import { type GatewayServer, serve, type ServeOptions } from "./gateway/server";
import type { Endpoint } from "./gateway/tls-endpoints";

/** Where an API answers. */
export interface Door {
  readonly api: ServedApi;
  /** Base of the routes that any client reaches: of the default endpoint, or, where that is disabled, of the own domain at `localhost`. */
  readonly url: string;
  /** Oldest TLS version spoken there. */
  readonly minVersion: TlsVersion;
  /** Whether a client certificate is asked for there. */
  readonly mutualTls: boolean;
  /** Base of the default endpoint that is disabled, and answers so. */
  readonly disabledUrl?: string;
  readonly domains: readonly DomainDoor[];
}

export interface DomainDoor {
  readonly name: string;
  /** Base of the routes, by the domain's name. */
  readonly url: string;
  /** For curl's `--resolve`. */
  readonly resolve: string;
  readonly minVersion: TlsVersion;
  readonly mutualTls: boolean;
}

export interface Doors {
  readonly doors: readonly Door[];
  /** Whether another than the usual port had to be taken. */
  readonly moved: boolean;
  close(): Promise<void>;
}

const usualPort = 8443;
const localNames = ["localhost", "127.0.0.1", "::1"];

/**
 * @param asked port of the first API; the others follow it. 0: any free ones. Undefined: the usual one, or any free one
 * @throws Error for a port that is taken
 */
export async function openDoors(
  { apis, domains }: Gateway,
  authority: Authority,
  asked: number | undefined,
): Promise<Doors> {
  const servers: GatewayServer[] = [];
  let moved = false;
  const certificate = await authority.server(localNames);
  const named = new Map<string, Endpoint>();
  for (const domain of domains)
    named.set(domain.name, domainEndpoint(domain, await authority.server([domain.name, ...localNames]), authority));
  const open = async (api: Omit<Endpoint, "tls">, options: Omit<ServeOptions, "port">): Promise<number> => {
    const opened = await listen(api, options, asked, servers.length);
    servers.push(opened.server);
    moved ||= opened.moved;
    return opened.server.port;
  };
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const defaults: { api: ServedApi; port: number; own: ServedDomain[]; beside: Map<string, Endpoint> }[] = [];
    for (const api of apis) {
      const own = domains.filter(({ mappings }) => mappings.some((mapping) => isOf(mapping, api)));
      const beside = new Map(own.map(({ name }) => [name, named.get(name)!]));
      defaults.push({ api, port: await open(api, { tls: certificate, named: beside }), own, beside });
    }
    const doors: Door[] = [];
    for (const { api, port, own, beside } of defaults) {
      const url = `https://localhost:${port}${api.basePath}`;
      const [first] = own;
      const door = { api, domains: own.map((domain) => domainDoor(domain, api, port)) };
      if (!api.closed || !first) doors.push({ ...door, url, minVersion: api.minVersion, mutualTls: false });
      else {
        const endpoint = beside.get(first.name)!;
        const localPort = await open(endpoint, { tls: endpoint.tls, named: beside });
        doors.push({
          ...door,
          url: `https://localhost:${localPort}${basePathOf(first, api)}`,
          minVersion: first.minVersion,
          mutualTls: first.mutualTls,
          disabledUrl: url,
        });
      }
    }
    return { doors, moved, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The local authority stands in for the truststore: who made that one's certificates is not known here. */
function domainEndpoint(domain: ServedDomain, { cert, key }: Pair, authority: Authority): Endpoint {
  const truststore = domain.mutualTls ? authority.certificate : undefined;
  return { minVersion: domain.minVersion, tls: { cert, key, truststore }, respond: domain.respond };
}

function domainDoor(domain: ServedDomain, api: ServedApi, port: number): DomainDoor {
  const { name, minVersion, mutualTls } = domain;
  return {
    name,
    url: `https://${name}:${port}${basePathOf(domain, api)}`,
    resolve: `${name}:${port}:127.0.0.1`,
    minVersion,
    mutualTls,
  };
}

function basePathOf({ mappings }: ServedDomain, api: ServedApi): string {
  return mappings.find((mapping) => isOf(mapping, api))?.basePath ?? "";
}

function isOf({ apiId, stage }: { apiId: string; stage: string }, api: ServedApi): boolean {
  return apiId === api.id && stage === api.stage;
}

/** Listens on the asked port; on the usual one, or any free one, where none was asked for. */
async function listen(
  api: Omit<Endpoint, "tls">,
  options: Omit<ServeOptions, "port">,
  asked: number | undefined,
  index: number,
): Promise<{ server: GatewayServer; moved: boolean }> {
  const port = asked === 0 ? 0 : (asked ?? usualPort) + index;
  try {
    return { server: await serve(api, { ...options, port }), moved: false };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    if (asked !== undefined) {
      const why = code === "EACCES" ? "needs more rights than this user has" : "is taken by another program";
      throw new Error(`port ${port} ${why}: choose another with --port, or --port 0 for any free one`);
    }
    return { server: await serve(api, { ...options, port: 0 }), moved: true };
  }
}
