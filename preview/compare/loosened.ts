// What lets more callers in, folded by API for the head of the report: what must not be merged, and what a reviewer must mean.

import type { AccessChange } from "./access";
import type { Surrounding } from "./surroundings";

/** Routes that one line names. */
const most = 20;

/** Protections that are gone: a factor of routes, a list of clients, the closed default endpoint. */
export function lostProtections(access: readonly AccessChange[], surroundings: readonly Surrounding[]): string[] {
  const factors = access.flatMap(({ api, route, lost }) =>
    lost.map((factor) => ({ key: `${api} NO LONGER ASKS FOR ${factor}`, route })),
  );
  return [
    ...folded(factors),
    ...surroundings.filter(({ lost }) => lost !== "").map(({ lost, line }) => `${lost}: ${line}`),
  ];
}

/**
 * Everything else that lets more callers in.
 * @param known routes that the report names already
 */
export function loosenings(
  access: readonly AccessChange[],
  surroundings: readonly Surrounding[],
  known: readonly string[],
): string[] {
  const routes = access
    .filter(({ loosened, lost, route }) => loosened && lost.length === 0 && !known.includes(route))
    .map(({ api, route }) => ({ key: `${api} lets in what it refused before`, route }));
  return [
    ...folded(routes),
    ...surroundings.filter(({ loosened, lost }) => loosened && lost === "").map(({ line }) => line),
  ];
}

function folded(found: readonly { readonly key: string; readonly route: string }[]): string[] {
  return [...new Set(found.map(({ key }) => key))].map((key) => {
    const routes = found.filter((each) => each.key === key).map(({ route }) => route.slice(route.indexOf(": ") + 2));
    const more = routes.length > most ? ` and ${routes.length - most} more` : "";
    return `${key}: ${routes.slice(0, most).join(", ")}${more}`;
  });
}
