// Which of the stack's secrets an event is about, and whose key it holds: told by the secret's own ARN, which nobody can
// change, so that no event makes this function touch a secret of somebody else.

import { clientKeyPrefix, secretPaths } from "../../contract";

export interface KeptSecret {
  readonly arn: string;
  /** The client whose key it holds; absent: nobody's in particular. */
  readonly client?: string;
  /** What tells the secret within its stack, and begins the names of its keys: `client/acme`, `api-key`. */
  readonly path: string;
  /** What its values begin with. */
  readonly keyPrefix: string;
}

/** Below the stack's part: the path, chance, and the hyphen and six characters that Secrets Manager puts at the end. */
const form = /^(?:client\/([a-z][a-z0-9-]*)|api-key)\/[A-Za-z0-9]+-[A-Za-z0-9]{6}$/;

/**
 * @param base begins the ARNs of the stack's secrets (`environment.secretsArn`)
 * @returns `undefined` for what is no secret of the stack's
 */
export function keptSecret(arn: unknown, base: string): KeptSecret | undefined {
  if (typeof arn !== "string" || !arn.startsWith(base)) return undefined;
  const found = form.exec(arn.slice(base.length));
  if (found === null) return undefined;
  const client = found[1];
  if (client === undefined) return { arn, path: secretPaths.shared, keyPrefix: "" };
  return { arn, client, path: secretPaths.client(client), keyPrefix: clientKeyPrefix(client) };
}
