// Which of the stack's secrets an event is about, and whose key it holds. Both are read from the secret's ARN, which
// nobody can change, so no event can make the function touch a secret outside the stack.

import { clientKeyPrefix, secretPaths } from "../../../contract";

export interface KeptSecret {
  readonly arn: string;
  /** The client whose key it holds; absent: the shared key, which belongs to no particular client. */
  readonly client?: string;
  /** Identifies the secret within its stack and is part of the names of its API keys: `client/acme`, `api-key`. */
  readonly path: string;
  /** Prefix of its API keys' values: `acme_`; empty for the shared key. */
  readonly keyPrefix: string;
}

/**
 * The ARN after the stack's prefix: path, random part, and the hyphen and six characters that Secrets Manager appends.
 */
const form = /^(?:client\/([a-z][a-z0-9-]*)|api-key)\/[A-Za-z0-9]+-[A-Za-z0-9]{6}$/;

/**
 * @param base prefix of the ARNs of the stack's secrets (`environment.secretsArn`)
 * @returns `undefined` for anything but the ARN of a secret of the stack
 */
export function keptSecret(arn: unknown, base: string): KeptSecret | undefined {
  if (typeof arn !== "string" || !arn.startsWith(base)) return undefined;
  const found = form.exec(arn.slice(base.length));
  if (found === null) return undefined;
  const client = found[1];
  if (client === undefined) return { arn, path: secretPaths.shared, keyPrefix: "" };
  return { arn, client, path: secretPaths.client(client), keyPrefix: clientKeyPrefix(client) };
}
