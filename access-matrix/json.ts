// The matrix as JSON, for scripts and the preview: findings, addresses, callers, policies, and all cells.

import { addressOf, findingsOf } from "./findings";
import type { Matrix } from "./matrix";
import { asked, tokensAsked } from "./words";

export function printable(matrix: Matrix): object {
  return {
    stack: matrix.stack,
    examples: matrix.examples,
    findings: findingsOf(matrix),
    doors: matrix.apis.flatMap(({ name, kind, doors }) =>
      doors.map((door) => ({ api: name, kind, address: addressOf(door), ...door })),
    ),
    callers: matrix.apis.map((api) => ({
      api: api.name,
      networks: api.policy?.networks ?? null,
      clients: api.clients ?? null,
      tokens: [...new Set(api.routes.map(({ ask }) => tokensAsked(ask)).filter((tokens) => tokens !== undefined))],
      origins: api.origins,
    })),
    policies: matrix.reach,
    cells: matrix.cells.map(({ api, door, place, method, path, route, credential, status }) => ({
      api: api.name,
      address: addressOf(door),
      place,
      method,
      path,
      asks: route === undefined ? null : asked(route.ask),
      credential,
      status,
    })),
  };
}
