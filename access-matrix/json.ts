// The matrix as JSON, for scripts and the preview: findings, addresses, callers, policies, and all cells.

import { addressOf, findingsOf } from "./findings";
import type { Matrix } from "./matrix";
import { requirementsLabel, tokensLabel } from "./labels";

export function printable(matrix: Matrix): object {
  return {
    stack: matrix.stack,
    examples: matrix.examples,
    findings: findingsOf(matrix),
    doors: matrix.apis.flatMap(({ name, kind, endpoints }) =>
      endpoints.map((endpoint) => ({ api: name, kind, address: addressOf(endpoint), ...endpoint })),
    ),
    callers: matrix.apis.map((api) => ({
      api: api.name,
      networks: api.policy?.networks ?? null,
      clients: api.clients ?? null,
      tokens: [
        ...new Set(
          api.routes.map(({ requirements }) => tokensLabel(requirements)).filter((tokens) => tokens !== undefined),
        ),
      ],
      origins: api.origins,
    })),
    policies: matrix.permissions,
    cells: matrix.cells.map(({ api, endpoint, location, method, path, route, credential, status }) => ({
      api: api.name,
      address: addressOf(endpoint),
      place: location,
      method,
      path,
      asks: route === undefined ? null : requirementsLabel(route.requirements),
      credential,
      status,
    })),
  };
}
