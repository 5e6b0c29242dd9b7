// What stands in the cloud before any stack makes it, and so can be imported by its id.

type Tree = Readonly<Record<string, string>>;

const existing: Readonly<Record<string, (id: string) => Tree | undefined>> = {
  "gcp:kms/keyRing:KeyRing": (id) =>
    /^projects\/(?<project>[^/]+)\/locations\/(?<location>[^/]+)\/keyRings\/(?<name>[^/]+)$/.exec(id)?.groups,
};

/** Its inputs, which its id tells; `undefined` for what is not there. */
export function imported(type: string, id: string): Tree | undefined {
  const inputs = existing[type]?.(id);
  return inputs && { ...inputs };
}
