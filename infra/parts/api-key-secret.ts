// The secret that holds the API key of a client. Guarantees: the program never sets its value, so none is in the state; the
// rotation and the named roles read it, and nobody else, whatever IAM allows them.

import { Secret, SecretPolicy } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";

export interface ApiKeySecretArgs {
  readonly keyArn: pulumi.Input<string>;
  /** Days that it can be restored after its deletion; 0: none. */
  readonly recoveryDays: number;
}

export class ApiKeySecret extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Its physical name: part of every way to name it. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: ApiKeySecretArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ApiKeySecret", name, {}, options);
    const secret = new Secret(
      `${name}-secret`,
      {
        description:
          'API key of the model service: {"apiKey": "…"}; made and rotated by the stack\'s rotation function',
        kmsKeyId: args.keyArn,
        recoveryWindowInDays: args.recoveryDays,
      },
      { parent: this },
    );
    this.arn = secret.arn;
    this.secretName = secret.name;
    this.registerOutputs({ arn: this.arn });
  }

  /** Denies reading to all but these roles. */
  restrict(name: string, readers: readonly pulumi.Input<string>[]): void {
    new SecretPolicy(
      `${name}-policy`,
      {
        secretArn: this.arn,
        policy: pulumi.all([...readers]).apply((arns) => JSON.stringify(secretPolicy(arns))),
        blockPublicPolicy: true,
      },
      { parent: this },
    );
  }
}

/**
 * Denies the one action that gives the value away. Not more: a policy that denied administration too could lock out the
 * account, and one that denied writing would keep the operator from putting a value in.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
 * @param readers ARNs of roles; sessions of a role count as the role
 */
export function secretPolicy(readers: readonly string[]): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReadersAlone",
        Effect: "Deny",
        Principal: "*",
        Action: "secretsmanager:GetSecretValue",
        Resource: "*",
        // Without a reader there is none: a condition with an empty list would never hold.
        ...(readers.length === 0 ? {} : { Condition: { ArnNotEquals: { "aws:PrincipalArn": readers } } }),
      },
    ],
  };
}
