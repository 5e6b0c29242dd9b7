// Compares who may call in two versions: the changed cells of the access matrix, grouped by route, and the routes that
// became open to anyone or to any network.

import { coversTheInternet } from "../policy/networks";
import type { CellSnapshot, ClientSnapshot, MatrixSnapshot } from "./snapshot";

export interface AccessChange {
  /** For example `apiGateway: POST /mymodel (default endpoint)`. */
  readonly route: string;
  readonly op: "added" | "removed" | "changed";
  /** What the route asks for, before and after, for example `token with predict`; absent if that did not change. */
  readonly asks?: { readonly before?: string; readonly after?: string };
  /** Credentials whose status changed. */
  readonly cells: readonly CellChange[];
  /** Whether a credential that was refused before is let in now. */
  readonly loosened: boolean;
}

export interface CellChange {
  /** Name of the credential. */
  readonly credential: string;
  /** HTTP status, or a text if the connection ends without one; absent if the credential was not tried. */
  readonly before?: number | string;
  readonly after?: number | string;
}

export function accessChanges(before: MatrixSnapshot, after: MatrixSnapshot): AccessChange[] {
  const [old, next] = [byRoute(before.cells), byRoute(after.cells)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((route) => {
    const change = routeChange(route, old.get(route) ?? [], next.get(route) ?? []);
    return change === undefined ? [] : [change];
  });
}

/** Routes that newly let a caller in without credentials; all such routes if the version before is not known. */
export function opened(before: MatrixSnapshot | undefined, after: MatrixSnapshot): string[] {
  const known = before?.findings.openToAnyone ?? [];
  return (after.findings.openToAnyone ?? []).filter((route) => !known.includes(route));
}

/**
 * Routes that newly let callers in from any network, of APIs that allowed only some networks, or still do for other routes.
 * A network that is merely added to the list does not count, unless the list then covers the internet: `surroundings`
 * reports it.
 */
export function reachable(before: MatrixSnapshot | undefined, after: MatrixSnapshot): string[] {
  const isRestricted = ({ networks }: MatrixSnapshot["callers"][number]) =>
    networks !== null && !coversTheInternet(networks);
  const restricted = (before?.callers ?? []).filter(isRestricted).map(({ api }) => api);
  const known = before?.findings.fromAnyNetwork ?? [];
  const dropped = (after.findings.fromAnyNetwork ?? []).filter((route) =>
    restricted.some((api) => route.startsWith(`${api}: `)),
  );
  const widened = after.cells
    .filter(({ api, place, status }) => restricted.includes(api) && place === "route" && isLetIn(status))
    .filter(({ api }) => after.callers.some((now) => now.api === api && now.networks !== null && !isRestricted(now)))
    .map(({ api, method, path, address }) => `${api}: ${method} ${path} (${address})`);
  const around = after.findings.aroundNetworks ?? [];
  return [...new Set([...dropped, ...widened, ...around])].filter((route) => !known.includes(route));
}

/**
 * Changes of what the matrix contains besides its cells, one line each: addresses with their TLS settings, networks,
 * clients, and what the IAM policies allow.
 */
export function surroundings(before: MatrixSnapshot, after: MatrixSnapshot): string[] {
  const doors = ({ doors }: MatrixSnapshot) =>
    doors.map(({ api, address, tls, mutualTls, disabled, strictHost }) => {
      const words = [`TLS ${String(tls)}`, mutualTls ? "client certificates" : "", disabled ? "disabled" : ""];
      return `${api} at ${address}: ${[...words, strictHost ? "strict host" : ""].filter((word) => word !== "").join(", ")}`;
    });
  const callers = ({ callers }: MatrixSnapshot) =>
    callers.flatMap(({ api, networks, clients }) => [
      ...(networks ?? ["ANY NETWORK"]).map((network) => `${api} takes calls from ${network}`),
      ...(clients ?? [whoever]).map(({ name, principal, models }) => {
        const what = models === undefined ? "every model" : models.join(", ");
        return `${api} lets ${name}${principal === undefined ? "" : ` (${principal})`} call ${what}`;
      }),
    ]);
  const reach = ({ policies }: MatrixSnapshot) =>
    policies.flatMap(({ policy, routes, beyond }) => [
      ...routes.map((route) => `${policy} allows ${route}`),
      ...beyond.map((what) => `${policy} allows MORE than there is: ${what}`),
    ]);
  return [doors, callers, reach].flatMap((read) => {
    const [old, next] = [read(before), read(after)];
    return [
      ...old.filter((line) => !next.includes(line)).map((line) => `no more: ${line}`),
      ...next.filter((line) => !old.includes(line)).map((line) => `new: ${line}`),
    ];
  });
}

const whoever: ClientSnapshot = { name: "WHOEVER IS LET IN" };

function byRoute(cells: readonly CellSnapshot[]): Map<string, CellSnapshot[]> {
  const routes = new Map<string, CellSnapshot[]>();
  for (const cell of cells) {
    const { api, method, path, place, address } = cell;
    const route = `${api}: ${method} ${path} (${place === "route" ? address : `${address}, ${place}`})`;
    routes.set(route, [...(routes.get(route) ?? []), cell]);
  }
  return routes;
}

function routeChange(
  route: string,
  before: readonly CellSnapshot[],
  after: readonly CellSnapshot[],
): AccessChange | undefined {
  const asks = { before: before[0]?.asks ?? undefined, after: after[0]?.asks ?? undefined };
  const names = [...new Set([...before, ...after].map(({ credential }) => credential.name))];
  const status = (cells: readonly CellSnapshot[], name: string) =>
    cells.find(({ credential }) => credential.name === name)?.status;
  const cells = names
    .map((credential): CellChange => {
      return { credential, before: status(before, credential), after: status(after, credential) };
    })
    .filter((cell) => cell.before !== cell.after);
  if (cells.length === 0 && asks.before === asks.after) return undefined;
  return {
    route,
    op: before.length === 0 ? "added" : after.length === 0 ? "removed" : "changed",
    ...(asks.before === asks.after ? {} : { asks }),
    cells,
    loosened: before.length > 0 && cells.some((cell) => loosens(cell, status(before, "nothing"))),
  };
}

/**
 * Let in now, and refused before. A credential that was not tried before is compared with the status of no credential
 * at all, since it held nothing that the route asked for then.
 */
function loosens(cell: CellChange, nothingBefore: number | string | undefined): boolean {
  const before = cell.before ?? (cell.credential === "all right" ? undefined : nothingBefore);
  return isLetIn(cell.after) && before !== undefined && !isLetIn(before);
}

function isLetIn(status: number | string | undefined): boolean {
  return typeof status === "number" && status < 400;
}
