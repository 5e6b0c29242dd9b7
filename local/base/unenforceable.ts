// Signals what the program declares and the local run cannot enforce. It stops the start: a gateway that lets a request
// through because it did not understand an access control is worse than none.

export class Unenforceable extends Error {
  override readonly name = "Unenforceable";

  /**
   * @param resource URN or name of the resource, with the location within it, for example `api: paths./mymodel.post`
   * @param why one line that says what cannot be enforced, without any value that could be secret
   */
  constructor(
    readonly resource: string,
    readonly why: string,
  ) {
    super(`${resource}: ${why}`);
  }
}

/** Runs `compile` and adds `where` to its errors. @throws Unenforceable for whatever `compile` throws */
export function unenforceableAt<T>(where: string, compile: () => T): T {
  try {
    return compile();
  } catch (problem) {
    if (problem instanceof Unenforceable) throw new Unenforceable(`${where}: ${problem.resource}`, problem.why);
    throw new Unenforceable(where, (problem as Error).message);
  }
}

/** A traffic filter that is effective on AWS but not locally. */
export interface NotEnforced {
  /** URN, with the location within the resource. */
  readonly resource: string;
  readonly why: string;
}
