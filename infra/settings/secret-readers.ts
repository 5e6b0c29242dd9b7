// Who may read a secret, according to the settings: a list of roles. They are named in the secret's policy, and in the
// pattern of the rule that reports reads by anyone else.

import { userError } from "../base/user-error";
import type { Location } from "../base/location";
import { setCommand } from "./setting-reader";

export const readerArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
export const exampleReader = "arn:aws:iam::123456789012:role/my-application";

/**
 * Maximum characters of a secret's readers, as JSON: an event pattern has 2,048, of which the rest takes about 700, and
 * more if the stack has a long name.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const longestReaders = 1_200;

export function areTooLong(readers: readonly string[]): boolean {
  return JSON.stringify(readers).length > longestReaders;
}

interface Readers {
  readonly secretReaders: readonly string[];
  readonly clients: readonly { readonly readers: readonly string[] }[];
}

/**
 * Rejects roles of other accounts, which the readers' exemption from the secret's Deny does not let in: they would also
 * have to be allowed, by the secret's policy and by that of its key.
 * @throws pulumi.RunError with a line for each of them
 */
export function requireOwnRoles({ secretReaders, clients }: Readers, { account, partition }: Location): void {
  const lists: (readonly [path: string, readers: readonly string[]])[] = [
    ["secretReaders", secretReaders],
    ...clients.map(({ readers }, index) => [`clients[${index}].readers`, readers] as const),
  ];
  const errors = lists.flatMap(([path, readers]) =>
    readers.flatMap((reader, index) => {
      if (reader.split(":")[4] === account) return [];
      const cure = setCommand(`--path '${path}[${index}]'`, `arn:${partition}:iam::${account}:role/my-application`);
      return `${path}[${index}]: is a role of another account, which has to assume a role of this one: ${cure}`;
    }),
  );
  if (errors.length > 0) throw userError(errors.join("\n"));
}
