// The servers of a run. Each API's default endpoint answers at `localhost` on its own port; the API's custom domains
// share that port and are selected by SNI. If the default endpoint is disabled, the custom domain also answers at
// `localhost` on another port, for clients whose name resolution cannot be overridden.

import type { Authority, Pair } from "../certificates/authority";
import type { ServedApi, TlsVersion } from "../server/http-message";
import type { Gateway, ServedDomain } from "../gateway/gateway";
import { statusResponse } from "../gateway/responses/http-api-responses";
import { type GatewayServer, serve, type ServeOptions } from "../server/server";
import type { Endpoint } from "../server/tls-endpoints";

/** Where an API is served. */
export interface ApiListener {
  readonly api: ServedApi;
  /**
   * Base URL that any client can reach: the default endpoint or, if that is disabled, the custom domain at `localhost`.
   */
  readonly url: string;
  /** Lowest TLS version that `url` accepts. */
  readonly minVersion: TlsVersion;
  /** Whether `url` requires a client certificate. */
  readonly mutualTls: boolean;
  /** Base URL of the default endpoint if it is disabled: it answers 403 (REST API) or 404 (HTTP API). */
  readonly disabledUrl?: string;
  readonly domains: readonly DomainListener[];
}

export interface DomainListener {
  readonly name: string;
  /** Base URL with the domain's own name. */
  readonly url: string;
  /** Value for curl's `--resolve`: `<name>:<port>:127.0.0.1`. */
  readonly resolve: string;
  readonly minVersion: TlsVersion;
  readonly mutualTls: boolean;
}

export interface Listeners {
  readonly listeners: readonly ApiListener[];
  /** Whether the usual port was in use and another one was taken. */
  readonly moved: boolean;
  close(): Promise<void>;
}

const usualPort = 8443;
const localNames = ["localhost", "127.0.0.1", "::1"];

/**
 * @param requestedPort port of the first API; the other servers take the ports after it. 0: any free ports. Undefined:
 * the
 *   usual port and those after it, or any free port in place of one that is in use
 * @throws Error if a requested port is in use or needs privileges
 */
export async function openListeners(
  { apis, domains }: Gateway,
  authority: Authority,
  requestedPort: number | undefined,
): Promise<Listeners> {
  const servers: GatewayServer[] = [];
  let moved = false;
  const certificate = await authority.server(localNames);
  const named = new Map<string, Endpoint>();
  for (const domain of domains)
    named.set(domain.name, domainEndpoint(domain, await authority.server([domain.name, ...localNames]), authority));
  const open = async (api: Omit<Endpoint, "tls">, options: Omit<ServeOptions, "port">): Promise<number> => {
    const opened = await listen(api, options, requestedPort, servers.length);
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
    const listeners: ApiListener[] = [];
    for (const { api, port, own, beside } of defaults) {
      const url = `https://localhost:${port}${api.basePath}`;
      const [first] = own;
      const listener = { api, domains: own.map((domain) => domainListener(domain, api, port)) };
      if (!api.closed || !first) listeners.push({ ...listener, url, minVersion: api.minVersion, mutualTls: false });
      else {
        const endpoint = beside.get(first.name)!;
        const localPort = await open(endpoint, { tls: endpoint.tls, named: beside });
        listeners.push({
          ...listener,
          url: `https://localhost:${localPort}${basePathOf(first, api)}`,
          minVersion: first.minVersion,
          mutualTls: first.mutualTls,
          disabledUrl: url,
        });
      }
    }
    return { listeners, moved, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The local authority stands in for the truststore: the private keys of the truststore's own CAs are not available. */
function domainEndpoint(domain: ServedDomain, { cert, key }: Pair, authority: Authority): Endpoint {
  const truststore = domain.mutualTls ? authority.certificate : undefined;
  const bodyTooLarge = domain.kind === "HTTP" ? statusResponse(413, true) : undefined;
  return { minVersion: domain.minVersion, bodyTooLarge, tls: { cert, key, truststore }, respond: domain.respond };
}

function domainListener(domain: ServedDomain, api: ServedApi, port: number): DomainListener {
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

/** Listens on the requested port; if none was requested, on the usual port or else on any free one. */
async function listen(
  api: Omit<Endpoint, "tls">,
  options: Omit<ServeOptions, "port">,
  requestedPort: number | undefined,
  index: number,
): Promise<{ server: GatewayServer; moved: boolean }> {
  const port = requestedPort === 0 ? 0 : (requestedPort ?? usualPort) + index;
  try {
    return { server: await serve(api, { ...options, port }), moved: false };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    if (requestedPort !== undefined) {
      const why = code === "EACCES" ? "needs more rights than this user has" : "is taken by another program";
      throw new Error(`port ${port} ${why}: choose another with --port, or --port 0 for any free one`);
    }
    return { server: await serve(api, { ...options, port: 0 }), moved: true };
  }
}
