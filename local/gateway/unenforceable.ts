// What the program declares and the local run cannot enforce: it stops the start, since a gateway that lets a call through
// because it did not understand a protection is worse than none.

export class Unenforceable extends Error {
  override readonly name = "Unenforceable";

  /**
   * @param resource URN or name of the resource, and where within it, for example `api: paths./mymodel.post`
   * @param why what cannot be enforced, in one line, without a value that could be secret
   */
  constructor(
    readonly resource: string,
    readonly why: string,
  ) {
    super(`${resource}: ${why}`);
  }
}

/** Says where what cannot be enforced stands, or what cannot be compiled. @throws Unenforceable for whatever `compile` throws */
export function unenforceableAt<T>(where: string, compile: () => T): T {
  try {
    return compile();
  } catch (problem) {
    if (problem instanceof Unenforceable) throw new Unenforceable(`${where}: ${problem.resource}`, problem.why);
    throw new Unenforceable(where, (problem as Error).message);
  }
}

/** What filters traffic on AWS and does not here. */
export interface NotEnforced {
  /** URN, and what of the resource. */
  readonly resource: string;
  readonly why: string;
}
