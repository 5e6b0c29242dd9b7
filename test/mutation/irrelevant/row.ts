// A row of the table of what does not matter for security.

/** A row: what it covers, and why that does not matter. */
export interface Irrelevant {
  /** Matched against the type token. */
  readonly type: RegExp;
  /** Matched against the path of the property within the resource; absent: any, and the resource itself. */
  readonly path?: RegExp;
  /** Kinds of mutants; absent: all. */
  readonly kinds?: RegExp;
  /** Matched against the resource's logical name; absent: any. */
  readonly name?: RegExp;
  readonly why: string;
}

/** It is gone: what needs it fails. */
export const fails = "without it, what needs it fails, and nobody may do more";
