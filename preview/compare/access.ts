// Compares who may call in two versions: the changed cells of the access matrix, grouped by route, and the routes that
// became open to anyone or to any network.

import { coversTheInternet } from "../../policy/queries/networks";
import type { CellSnapshot, MatrixSnapshot, Part } from "../version/snapshot";

export interface AccessChange {
  readonly api: string;
  /** For example `apiGateway: POST /mymodel (default endpoint)`. */
  readonly route: string;
  readonly op: "added" | "removed" | "changed";
  /** What the route requires, before and after, for example `token with predict`; absent if that did not change. */
  readonly requirements?: { readonly before?: string; readonly after?: string };
  /** Credentials whose status changed. */
  readonly cells: readonly CellChange[];
  /** What the route required before and does not any more, for example `an API key`. */
  readonly lost: readonly string[];
  /** Whether it lost a requirement, or lets in a credential that was denied before. */
  readonly widened: boolean;
}

export interface CellChange {
  /** Name of the credential. */
  readonly credential: string;
  /** HTTP status, or a text if the connection ends without one; absent if the credential was not tried. */
  readonly before?: number | string;
  readonly after?: number | string;
}

type Cells = readonly CellSnapshot[];

export function accessChanges(before: MatrixSnapshot, after: MatrixSnapshot): AccessChange[] {
  const [old, next] = [byRoute(before.cells), byRoute(after.cells)];
  const closed = before.doors.filter(({ disabled }) => disabled);
  const isOpen = ({ api, address }: CellSnapshot) =>
    !closed.some((door) => door.api === api && door.address === address);
  const open = before.cells.filter(isOpen);
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((route) => {
    const [was, is] = [old.get(route) ?? [], next.get(route) ?? []];
    // Where an address is new, or was closed, the route must not require less than the same route did at another.
    const like = was.some(isOpen) ? was : is.length > 0 ? sameRoute(open, is[0]!) : [];
    const change = routeChange(route, was, is, like);
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
 * A network that is merely added to the list does not count, unless the list then covers the internet: the context
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
    .filter(({ api, place, status }) => restricted.includes(api) && place === "route" && isAccepted(status))
    .filter(({ api }) => after.callers.some((now) => now.api === api && now.networks !== null && !isRestricted(now)))
    .map(({ api, method, path, address }) => `${api}: ${method} ${path} (${address})`);
  const around = after.findings.aroundNetworks ?? [];
  return [...new Set([...dropped, ...widened, ...around])].filter((route) => !known.includes(route));
}

function byRoute(cells: Cells): Map<string, CellSnapshot[]> {
  const routes = new Map<string, CellSnapshot[]>();
  for (const cell of cells) {
    const { api, method, path, place, address } = cell;
    const route = `${api}: ${method} ${path} (${place === "route" ? address : `${address}, ${place}`})`;
    routes.set(route, [...(routes.get(route) ?? []), cell]);
  }
  return routes;
}

/** The cells of a route at the first address that has it. */
function sameRoute(cells: Cells, { api, method, path, place }: CellSnapshot): Cells {
  const found = cells.filter(
    (cell) => cell.api === api && cell.method === method && cell.path === path && cell.place === place,
  );
  return found.filter(({ address }) => address === found[0]!.address);
}

/** @param like what `after` must not require less than; empty if there is nothing to compare with */
function routeChange(route: string, before: Cells, after: Cells, like: Cells): AccessChange | undefined {
  const requirements = { before: before[0]?.asks ?? undefined, after: after[0]?.asks ?? undefined };
  const names = [...new Set([...before, ...after].map(({ credential }) => credential.name))];
  const cells = names
    .map((credential): CellChange => {
      return { credential, before: statusOf(before, credential), after: statusOf(after, credential) };
    })
    .filter((cell) => cell.before !== cell.after);
  const accepted = after.filter(({ status }) => isAccepted(status));
  const lost = accepted.length === 0 ? [] : lostRequirements(requirementsOf(like), requirementsOf(after));
  if (cells.length === 0 && requirements.before === requirements.after && lost.length === 0) return undefined;
  return {
    api: [...before, ...after][0]!.api,
    route,
    op: before.length === 0 ? "added" : after.length === 0 ? "removed" : "changed",
    ...(requirements.before === requirements.after ? {} : { requirements: requirements }),
    cells,
    lost,
    widened:
      lost.length > 0 ||
      accepted.some(({ credential }) => wasDenied(credential.name, before.length > 0 ? before : like)),
  };
}

/**
 * A credential that was not tried before is compared with the status of no credential at all, since it held nothing that the
 * route required then; but what is told apart by a list of clients with that of everyone, if there was no such list.
 */
function wasDenied(credential: string, before: Cells): boolean {
  const client = /^(client |unlisted caller$)/;
  const listed = before.some((cell) => client.test(cell.credential.name));
  const instead = credential === "all right" || (client.test(credential) && !listed) ? "all right" : "nothing";
  const status = statusOf(before, credential) ?? statusOf(before, instead);
  return status !== undefined && !isAccepted(status);
}

function statusOf(cells: Cells, name: string): number | string | undefined {
  return cells.find(({ credential }) => credential.name === name)?.status;
}

function isAccepted(status: number | string | undefined): boolean {
  return typeof status === "number" && status < 400;
}

/** Signature and token are one factor: a route that requires the other one instead still requires an identity. */
const labels: Readonly<Record<Part, string>> = {
  certificate: "a client certificate",
  signature: "a signature or token",
  token: "a signature or token",
  key: "an API key",
};

/** Every credential that is tried on a route names the parts that the route requires. */
function requirementsOf(cells: readonly CellSnapshot[]): string[] {
  const parts = cells.flatMap(({ credential }) => Object.keys(credential));
  return [...new Set(Object.entries(labels).flatMap(([part, word]) => (parts.includes(part) ? [word] : [])))];
}

function lostRequirements(before: readonly string[], after: readonly string[]): string[] {
  return before.filter((factor) => !after.includes(factor));
}
