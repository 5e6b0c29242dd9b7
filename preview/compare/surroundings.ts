// What the matrix contains besides its cells, one line each: addresses with their TLS settings, networks, clients, issuers of
// tokens, origins of web pages, and what the IAM policies allow. Each line knows whether it lets more callers in.

import { coversNetwork } from "../../policy/queries/networks";
import type { ClientSnapshot, DoorSnapshot, MatrixSnapshot } from "../version/snapshot";

export interface Surrounding {
  readonly op: "new" | "no more";
  readonly line: string;
  /** Whether it lets callers in that were refused before. */
  readonly loosened: boolean;
  /** The protection that is gone with it, so that the change must not be merged as it is; empty if none is. */
  readonly lost: string;
}

interface Line {
  readonly line: string;
  /** Whether it lets more callers in than a version did; asked only of a line that this version does not have. */
  readonly loosens: (before: MatrixSnapshot) => boolean;
  readonly loses?: (before: MatrixSnapshot) => string;
}

export function surroundings(before: MatrixSnapshot, after: MatrixSnapshot): Surrounding[] {
  return [doors, networks, clients, trusted, reach].flatMap((read) => {
    const [old, next] = [read(before), read(after)];
    const without = (lines: readonly Line[], others: readonly Line[]) =>
      lines.filter(({ line }) => !others.some((other) => other.line === line));
    return [
      ...without(old, next).map(({ line }): Surrounding => ({ op: "no more", line, loosened: false, lost: "" })),
      ...without(next, old).map(({ line, loosens, loses }): Surrounding => {
        const lost = loses?.(before) ?? "";
        return { op: "new", line, loosened: lost !== "" || loosens(before), lost };
      }),
    ];
  });
}

function doors(matrix: MatrixSnapshot): Line[] {
  return matrix.doors.map((door) => {
    const { api, address, tls, mutualTls, disabled, strictHost } = door;
    const words = [`TLS ${tls}`, mutualTls ? "client certificates" : "", disabled ? "disabled" : ""];
    const at = (before: MatrixSnapshot) => before.doors.filter((other) => other.api === api);
    return {
      line: `${api} at ${address}: ${[...words, strictHost ? "strict host" : ""].filter((word) => word !== "").join(", ")}`,
      loosens: (before) => {
        const open = at(before).filter((other) => !other.disabled);
        const same = open.filter((other) => other.address === address);
        return !disabled && isLooser(door, same.length > 0 ? same : open);
      },
      loses: (before) => {
        const opens = !disabled && at(before).some((other) => other.address === address && other.disabled);
        return opens ? "A CLOSED ENDPOINT OPENS" : "";
      },
    };
  });
}

/** Whether it lacks what every one of the others has. */
function isLooser(door: DoorSnapshot, others: readonly DoorSnapshot[]): boolean {
  if (others.length === 0) return false;
  return (
    (!door.mutualTls && others.every(({ mutualTls }) => mutualTls)) ||
    (!door.strictHost && others.every(({ strictHost }) => strictHost)) ||
    others.every(({ tls }) => door.tls < tls)
  );
}

type Callers = MatrixSnapshot["callers"][number];

function callersOf({ callers }: MatrixSnapshot, api: string): Callers | undefined {
  return callers.find((other) => other.api === api);
}

function networks({ callers }: MatrixSnapshot): Line[] {
  return callers.flatMap(({ api, networks }) =>
    (networks ?? ["ANY NETWORK"]).map((network) => ({
      line: `${api} takes calls from ${network}`,
      loosens: (before) => {
        const known = callersOf(before, api)?.networks ?? null;
        return known !== null && !known.some((other) => coversNetwork(other, network));
      },
    })),
  );
}

const whoever: ClientSnapshot = { name: "WHOEVER IS LET IN" };

function clients({ callers }: MatrixSnapshot): Line[] {
  return callers.flatMap(({ api, clients }) =>
    (clients ?? [whoever]).map((client) => {
      const { name, principal, models } = client;
      const what = models === undefined ? "every model" : models.join(", ");
      const listed = (before: MatrixSnapshot) => callersOf(before, api)?.clients ?? null;
      return {
        line: `${api} lets ${name}${principal === undefined ? "" : ` (${principal})`} call ${what}`,
        loosens: (before) => {
          const known = listed(before);
          const same = known?.find((other) => other.name === name && other.principal === principal);
          return known !== null && !(same !== undefined && allowsModels(same, client));
        },
        loses: (before) => (clients === null && listed(before) !== null ? "THE LIST OF CLIENTS IS GONE" : ""),
      };
    }),
  );
}

function allowsModels({ models: known }: ClientSnapshot, { models }: ClientSnapshot): boolean {
  return known === undefined || (models !== undefined && models.every((model) => known.includes(model)));
}

function trusted({ callers }: MatrixSnapshot): Line[] {
  return callers.flatMap(({ api, tokens, origins }) => {
    const loosens = (before: MatrixSnapshot) => callersOf(before, api) !== undefined;
    return [
      ...tokens.map((which) => ({ line: `${api} accepts ${which}`, loosens })),
      ...origins.map((origin) => ({ line: `${api} lets web pages of ${origin} call it`, loosens })),
    ];
  });
}

function reach({ policies }: MatrixSnapshot): Line[] {
  return policies.flatMap(({ policy, forCallers, routes, beyond }) => [
    ...routes.map((route) => ({
      line: `${policy} allows ${route}`,
      loosens: ({ cells }: MatrixSnapshot) =>
        forCallers && cells.some(({ api, method, path }) => route === `${api}: ${method} ${path}`),
    })),
    ...beyond.map((what) => ({ line: `${policy} allows MORE than there is: ${what}`, loosens: () => true })),
  ]);
}
