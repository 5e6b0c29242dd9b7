// What the matrix contains besides its cells, one line each: addresses with their TLS settings, networks, clients, issuers of
// tokens, origins of web pages, and what the IAM policies allow. Each line knows whether it lets more callers in.

import { coversNetwork } from "../../policy/queries/networks";
import type { ClientSnapshot, EndpointSnapshot, MatrixSnapshot } from "../version/snapshot";

export interface ContextChange {
  readonly op: "new" | "no more";
  readonly line: string;
  /** Whether it lets callers in that were denied before. */
  readonly widened: boolean;
  /** The authorization that is gone with it, so that the change must not be merged as it is; empty if none is. */
  readonly lost: string;
}

interface ContextLine {
  readonly line: string;
  /** Whether it lets more callers in than a version did; evaluated only for a line that this version does not have. */
  readonly widens: (before: MatrixSnapshot) => boolean;
  readonly loses?: (before: MatrixSnapshot) => string;
}

export function contextChanges(before: MatrixSnapshot, after: MatrixSnapshot): ContextChange[] {
  return [endpoints, networks, clients, trusted, permissions].flatMap((read) => {
    const [old, next] = [read(before), read(after)];
    const without = (lines: readonly ContextLine[], others: readonly ContextLine[]) =>
      lines.filter(({ line }) => !others.some((other) => other.line === line));
    return [
      ...without(old, next).map(({ line }): ContextChange => ({ op: "no more", line, widened: false, lost: "" })),
      ...without(next, old).map(({ line, widens: widens, loses }): ContextChange => {
        const lost = loses?.(before) ?? "";
        return { op: "new", line, widened: lost !== "" || widens(before), lost };
      }),
    ];
  });
}

function endpoints(matrix: MatrixSnapshot): ContextLine[] {
  return matrix.doors.map((endpoint) => {
    const { api, address, tls, mutualTls, disabled, strictHost } = endpoint;
    const labels = [`TLS ${tls}`, mutualTls ? "client certificates" : "", disabled ? "disabled" : ""];
    const at = (before: MatrixSnapshot) => before.doors.filter((other) => other.api === api);
    return {
      line: `${api} at ${address}: ${[...labels, strictHost ? "strict host" : ""].filter((label) => label !== "").join(", ")}`,
      widens: (before) => {
        const open = at(before).filter((other) => !other.disabled);
        const same = open.filter((other) => other.address === address);
        return !disabled && isWeaker(endpoint, same.length > 0 ? same : open);
      },
      loses: (before) => {
        const opens = !disabled && at(before).some((other) => other.address === address && other.disabled);
        return opens ? "A CLOSED ENDPOINT OPENS" : "";
      },
    };
  });
}

/** Whether it lacks what every one of the others has. */
function isWeaker(endpoint: EndpointSnapshot, others: readonly EndpointSnapshot[]): boolean {
  if (others.length === 0) return false;
  return (
    (!endpoint.mutualTls && others.every(({ mutualTls }) => mutualTls)) ||
    (!endpoint.strictHost && others.every(({ strictHost }) => strictHost)) ||
    others.every(({ tls }) => endpoint.tls < tls)
  );
}

type Callers = MatrixSnapshot["callers"][number];

function callersOf({ callers }: MatrixSnapshot, api: string): Callers | undefined {
  return callers.find((other) => other.api === api);
}

function networks({ callers }: MatrixSnapshot): ContextLine[] {
  return callers.flatMap(({ api, networks }) =>
    (networks ?? ["ANY NETWORK"]).map((network) => ({
      line: `${api} takes calls from ${network}`,
      widens: (before) => {
        const known = callersOf(before, api)?.networks ?? null;
        return known !== null && !known.some((other) => coversNetwork(other, network));
      },
    })),
  );
}

const everyone: ClientSnapshot = { name: "WHOEVER IS LET IN" };

function clients({ callers }: MatrixSnapshot): ContextLine[] {
  return callers.flatMap(({ api, clients }) =>
    (clients ?? [everyone]).map((client) => {
      const { name, principal, models } = client;
      const what = models === undefined ? "every model" : models.join(", ");
      const listed = (before: MatrixSnapshot) => callersOf(before, api)?.clients ?? null;
      return {
        line: `${api} lets ${name}${principal === undefined ? "" : ` (${principal})`} call ${what}`,
        widens: (before) => {
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

function trusted({ callers }: MatrixSnapshot): ContextLine[] {
  return callers.flatMap(({ api, tokens, origins }) => {
    const widens = (before: MatrixSnapshot) => callersOf(before, api) !== undefined;
    return [
      ...tokens.map((which) => ({ line: `${api} accepts ${which}`, widens })),
      ...origins.map((origin) => ({ line: `${api} lets web pages of ${origin} call it`, widens })),
    ];
  });
}

function permissions({ policies }: MatrixSnapshot): ContextLine[] {
  return policies.flatMap(({ policy, forCallers, routes, beyond }) => [
    ...routes.map((route) => ({
      line: `${policy} allows ${route}`,
      widens: ({ cells }: MatrixSnapshot) =>
        forCallers && cells.some(({ api, method, path }) => route === `${api}: ${method} ${path}`),
    })),
    ...beyond.map((what) => ({ line: `${policy} allows MORE than there is: ${what}`, widens: () => true })),
  ]);
}
