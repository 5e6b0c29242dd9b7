// Resources that exist in the cloud before any stack creates them, and so can be imported by id.

type Tree = Readonly<Record<string, string>>;

const existing: Readonly<Record<string, (id: string) => Tree | undefined>> = {
  "gcp:kms/keyRing:KeyRing": (id) =>
    /^projects\/(?<project>[^/]+)\/locations\/(?<location>[^/]+)\/keyRings\/(?<name>[^/]+)$/.exec(id)?.groups,
};

/** Inputs of an existing resource, derived from its id; `undefined` if it does not exist. */
export function imported(type: string, id: string): Tree | undefined {
  const inputs = existing[type]?.(id);
  return inputs && { ...inputs };
}
