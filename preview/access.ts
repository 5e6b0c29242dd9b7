// Who may call, in two versions: the cells of the access matrix that changed, a line a route; and the routes that became open.

import type { CellSnapshot, ClientSnapshot, MatrixSnapshot } from "./snapshot";

export interface AccessChange {
  /** For example `apiGateway: POST /mymodel (default endpoint)`. */
  readonly route: string;
  readonly op: "added" | "removed" | "changed";
  /** What it asks for, before and after, where that changed: `token with predict`. */
  readonly asks?: { readonly before?: string; readonly after?: string };
  /** Credentials that get another status than before. */
  readonly cells: readonly CellChange[];
  /** A caller that was refused is let in. */
  readonly loosened: boolean;
}

export interface CellChange {
  readonly credential: string;
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

/** Routes that let a caller in who brings nothing, and did not before; all that do, where the version before is not known. */
export function opened(before: MatrixSnapshot | undefined, after: MatrixSnapshot): string[] {
  const known = before?.findings.openToAnyone ?? [];
  return (after.findings.openToAnyone ?? []).filter((route) => !known.includes(route));
}

/**
 * Routes that let callers in from any network, of an API that allowed some networks alone; and where an API still does, those
 * that go around. Networks that are merely added are no such failure: they stand among the surroundings.
 */
export function reachable(before: MatrixSnapshot | undefined, after: MatrixSnapshot): string[] {
  const restricted = (before?.callers ?? []).filter(({ networks }) => networks !== null).map(({ api }) => api);
  const known = before?.findings.fromAnyNetwork ?? [];
  const dropped = (after.findings.fromAnyNetwork ?? []).filter((route) =>
    restricted.some((api) => route.startsWith(`${api}: `)),
  );
  const around = after.findings.aroundNetworks ?? [];
  return [...new Set([...dropped, ...around])].filter((route) => !known.includes(route));
}

/**
 * Lines on what the matrix says besides its cells: addresses and their handshakes, networks and clients, and how far the IAM
 * policies reach.
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

/** Let in now, and refused before; a credential that was not tried before brought nothing of what was asked. */
function loosens(cell: CellChange, nothingBefore: number | string | undefined): boolean {
  const before = cell.before ?? (cell.credential === "all right" ? undefined : nothingBefore);
  return isLetIn(cell.after) && before !== undefined && !isLetIn(before);
}

function isLetIn(status: number | string | undefined): boolean {
  return typeof status === "number" && status < 400;
}
