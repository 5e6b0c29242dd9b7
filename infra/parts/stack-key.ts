// A KMS key of this stack's. Separate from its users because all are made alike, and differ in their policy alone.
// Guarantees: rotated yearly, 30 days to undo a deletion, found by an alias.

import { Alias, Key } from "@pulumi/aws/kms";
import type * as pulumi from "@pulumi/pulumi";

export interface StackKeyArgs {
  /** Its alias, without `alias/`. */
  readonly alias: string;
  /** What it encrypts, for whoever looks at the account. */
  readonly description: string;
  /** The statements of its policy; without one on its administration nobody could ever change the key. */
  readonly statements: readonly object[];
}

/** @returns the key's ARN */
export function stackKey(name: string, args: StackKeyArgs, child: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const key = new Key(
    `${name}-key`,
    {
      description: args.description,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: args.statements }),
    },
    child,
  );
  new Alias(`${name}-alias`, { name: `alias/${args.alias}`, targetKeyId: key.keyId }, child);
  return key.arn;
}
