// The columns of a table: one for each credential, except that listed clients with the same answers on every route
// share one, so that a table stays readable with many clients. The section above the table names them all.

import type { Cell } from "./matrix";

export interface Column {
  readonly title: string;
  /** Name of the credential whose answers it shows. */
  readonly credential: string;
}

/** Up to this many clients with the same answers keep columns of their own. */
const apart = 3;

const ofClient = /^client [^,]+/;

/** @param cells the cells of one table @returns the columns from left to right; `all right` is the last */
export function columnsOf(cells: readonly Cell[]): Column[] {
  const names = [...new Set(cells.map(({ credential }) => credential.name))];
  const last = names.indexOf("all right");
  if (last !== -1) names.push(...names.splice(last, 1));
  const alike = new Map<string, string[]>();
  for (const name of names.filter((each) => ofClient.test(each))) {
    const answers = cells
      .filter(({ credential }) => credential.name === name)
      .map(({ place, method, path, status }) => [place, method, path, status]);
    const key = JSON.stringify([name.replace(ofClient, ""), answers]);
    alike.set(key, [...(alike.get(key) ?? []), name]);
  }
  const shared = [...alike.values()].filter((group) => group.length > apart);
  return names.flatMap((credential): Column[] => {
    const group = shared.find((one) => one.includes(credential));
    if (group === undefined) return [{ title: credential, credential }];
    if (group[0] !== credential) return [];
    return [{ title: credential.replace(ofClient, (client) => `${client} and ${group.length - 1} more`), credential }];
  });
}
