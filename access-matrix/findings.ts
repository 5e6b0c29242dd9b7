// What the cells of a matrix say together, of which no rule of the policy speaks: routes that let in whoever calls, from
// wherever, or nobody at all, and IAM policies that allow more than the routes.

import type { Cell, Matrix } from "./matrix";
import { nothing } from "./credentials";

export interface Findings {
  /** Routes that let a caller in without credentials, `<api>: <METHOD> <path> (<address>)`; without `preflights`. */
  readonly openToAnyone: readonly string[];
  /** CORS preflights that API Gateway answers by itself, to anyone. */
  readonly preflights: readonly string[];
  /** Routes that let callers in from any network, `<api>: <METHOD> <path> (<address>)`. */
  readonly fromAnyNetwork: readonly string[];
  /** Those of `fromAnyNetwork` whose API allows calls only from some networks. */
  readonly aroundNetworks: readonly string[];
  /** Routes that let no credential in, at any address, `<api>: <METHOD> <path>`. */
  readonly closedToAll: readonly string[];
  /** IAM policies that allow more than calling the existing routes. */
  readonly tooWide: readonly string[];
}

export function findingsOf({ apis, cells, permissions }: Matrix): Findings {
  const routes = cells.filter(({ location }) => location === "route");
  const letIn = (cell: Cell) => typeof cell.status === "number" && cell.status < 400;
  const open = routes.filter((cell) => letIn(cell) && cell.credential.name === nothing);
  const restricted = ({ api }: Cell) => api.policy?.networks !== undefined;
  const everywhere = routes.filter((cell) => letIn(cell) && (cell.credential.from !== undefined || !restricted(cell)));
  return {
    openToAnyone: unique(open.filter(({ route }) => !route!.mock).map(named)),
    preflights: unique(open.filter(({ route }) => route!.mock).map(named)).concat(
      apis.filter(({ preflight }) => preflight).map(({ name, routes }) => `${name}: ${gatewayPreflights(routes)}`),
    ),
    fromAnyNetwork: unique(everywhere.map(named)),
    aroundNetworks: unique(everywhere.filter(restricted).map(named)),
    closedToAll: unique(
      routes
        .filter(({ api, route }) => !routes.some((cell) => cell.api === api && cell.route === route && letIn(cell)))
        .map(({ api, method, path }) => `${api.name}: ${method} ${path}`),
    ),
    tooWide: permissions.filter(({ beyond }) => beyond.length > 0).map(({ policy }) => policy),
  };
}

/** An OPTIONS route comes first, with its own authorization: see `gatewayPreflight`. */
function gatewayPreflights(routes: Matrix["apis"][number]["routes"]): string {
  const own = routes.filter(({ method }) => method === "OPTIONS").map(({ path }) => path);
  return `OPTIONS, at every path${own.length === 0 ? "" : ` but ${own.join(", ")}`}`;
}

/** Label of an address in a matrix: without ids, which differ between stacks. */
export function addressOf({ domain }: { readonly domain?: string }): string {
  return domain ?? "default endpoint";
}

function named({ api, endpoint, method, path }: Cell): string {
  return `${api.name}: ${method} ${path} (${addressOf(endpoint)})`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
