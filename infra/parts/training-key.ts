// The key of the training: its bucket, the volumes and outputs of its jobs. Apart from the stack's key because training
// jobs run other people's packages. Guarantees: rotated yearly, 30 days to undo a deletion, no service of AWS by itself.

import { Alias, Key } from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { administration } from "./key-statements";
import type { Location } from "./location";

export interface TrainingKeyArgs {
  readonly location: Location;
}

export class TrainingKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { location }: TrainingKeyArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TrainingKey", name, {}, options);
    const key = new Key(
      `${name}-key`,
      {
        description: `${location.prefix}: training data, jobs and models`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: JSON.stringify(trainingKeyPolicy(location)),
      },
      { parent: this },
    );
    new Alias(`${name}-alias`, { name: `alias/${location.prefix}-training`, targetKeyId: key.keyId }, { parent: this });
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** Administration stays with the account, whose IAM policies decide which role may use the key. */
export function trainingKeyPolicy(location: Location): object {
  return { Version: "2012-10-17", Statement: [administration(location)] };
}
