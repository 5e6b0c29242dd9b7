// What a reviewer must not miss in a matrix: routes that anyone can call, addresses that bypass a protected one,
// policies that are too broad.

import type { Cell, Matrix } from "./matrix";
import { nothing } from "./credentials";

export interface Findings {
  /** Routes that let a caller in without credentials, `<api>: <METHOD> <path> (<address>)`; without `preflights`. */
  readonly openToAnyone: readonly string[];
  /** CORS preflights that API Gateway answers by itself, to anyone. */
  readonly preflights: readonly string[];
  /** APIs with a route that asks only for an API key, which identifies a caller but does not authenticate it. */
  readonly keyAlone: readonly string[];
  /** Routes that let callers in from any network, `<api>: <METHOD> <path> (<address>)`. */
  readonly fromAnyNetwork: readonly string[];
  /** Those of `fromAnyNetwork` whose API allows calls only from some networks. */
  readonly aroundNetworks: readonly string[];
  /** Routes that let no credential in, at any address, `<api>: <METHOD> <path>`. */
  readonly closedToAll: readonly string[];
  /** APIs whose default endpoint answers beside a custom domain, and so bypasses that domain's client certificates. */
  readonly besideDomain: readonly string[];
  /** Addresses that accept TLS older than 1.2, `<api>: <address>`. */
  readonly oldTls: readonly string[];
  /** IAM policies that allow more than calling the existing routes. */
  readonly tooWide: readonly string[];
}

export function findingsOf({ apis, cells, reach }: Matrix): Findings {
  const routes = cells.filter(({ place }) => place === "route");
  const letIn = (cell: Cell) => typeof cell.status === "number" && cell.status < 400;
  const open = routes.filter((cell) => letIn(cell) && cell.credential.name === nothing);
  const restricted = ({ api }: Cell) => api.policy?.networks !== undefined;
  const everywhere = routes.filter((cell) => letIn(cell) && (cell.credential.from !== undefined || !restricted(cell)));
  const asked = routes.filter(({ route }) => route!.ask.key && route!.ask.who.kind === "anyone");
  return {
    openToAnyone: unique(open.filter(({ route }) => !route!.mock).map(named)),
    preflights: unique(open.filter(({ route }) => route!.mock).map(named)).concat(
      apis.filter(({ preflight }) => preflight).map(({ name }) => `${name}: OPTIONS, at every path`),
    ),
    keyAlone: unique(asked.map(({ api }) => api.name)),
    fromAnyNetwork: unique(everywhere.map(named)),
    aroundNetworks: unique(everywhere.filter(restricted).map(named)),
    closedToAll: unique(
      routes
        .filter(({ api, route }) => !routes.some((cell) => cell.api === api && cell.route === route && letIn(cell)))
        .map(({ api, method, path }) => `${api.name}: ${method} ${path}`),
    ),
    besideDomain: apis
      .filter(
        ({ doors }) => doors.length > 1 && doors.some(({ domain, disabled }) => domain === undefined && !disabled),
      )
      .map(({ name }) => name),
    oldTls: apis.flatMap(({ name, doors }) =>
      doors.filter(({ tls, disabled }) => tls === "1.0" && !disabled).map((door) => `${name}: ${addressOf(door)}`),
    ),
    tooWide: reach.filter(({ beyond }) => beyond.length > 0).map(({ policy }) => policy),
  };
}

/** Label of an address in a matrix: without ids, which differ between stacks. */
export function addressOf({ domain }: { readonly domain?: string }): string {
  return domain ?? "default endpoint";
}

function named({ api, door, method, path }: Cell): string {
  return `${api.name}: ${method} ${path} (${addressOf(door)})`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
