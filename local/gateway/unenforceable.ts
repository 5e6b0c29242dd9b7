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

/** What filters traffic on AWS and does not here. */
export interface NotEnforced {
  /** URN, and what of the resource. */
  readonly resource: string;
  readonly why: string;
}
