// Fail closed: a matrix that passes over something that decides who may call would show a closed door where one is open.

/** Something in the graph decides who may call, and the matrix cannot read it. */
export class NotUnderstood extends Error {
  /** @param where URN, and the place within the resource */
  constructor(where: string, why: string) {
    super(`${where}: ${why}; the access matrix cannot tell who may call`);
  }
}
