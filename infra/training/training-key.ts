// The KMS key of the training: its bucket, and the volumes and outputs of its jobs. Separate from the stack's key
// because training jobs run third-party packages. Guarantees: its policy names no AWS service; the account's IAM
// policies decide which role may use it.

import * as pulumi from "@pulumi/pulumi";
import { administration } from "../base/key-statements";
import type { Location } from "../base/location";
import { stackKey } from "../base/stack-key";

export interface TrainingKeyArgs {
  readonly location: Location;
}

export class TrainingKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { location }: TrainingKeyArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TrainingKey", name, {}, options);
    const { prefix } = location;
    const description = `${prefix}: training data, jobs and models`;
    const statements = [administration(location)];
    this.arn = stackKey(name, { alias: `${prefix}-training`, description, statements }, { parent: this });
    this.registerOutputs({ arn: this.arn });
  }
}
