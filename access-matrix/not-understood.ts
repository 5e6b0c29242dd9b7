// Fail closed: a matrix that ignored something that decides who may call could show an open route as protected.

/** Something in the graph decides who may call, and the matrix cannot interpret it. */
export class NotUnderstood extends Error {
  /** @param where URN, and the place within the resource */
  constructor(where: string, why: string) {
    super(`${where}: ${why}; the access matrix cannot tell who may call`);
  }
}
