// A KMS key of the stack. All its keys are created alike and differ only in their policy. Guarantees: yearly rotation,
// 30 days in which a deletion can be cancelled, and an alias to find it by.

import { Alias, Key } from "@pulumi/aws/kms";
import type * as pulumi from "@pulumi/pulumi";

export interface StackKeyArgs {
  /** Alias, without `alias/`. */
  readonly alias: string;
  /** What it encrypts, as shown in the account. */
  readonly description: string;
  /** Statements of its policy; without one for its administration nobody could ever change the key. */
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
