// The secret that holds an API key: a client's, or the shared key if no clients are listed. Guarantees: the program
// never sets its value, so that none is in the state; only the rotation and the named roles can read it, whatever IAM
// policies allow.

import { Secret, SecretPolicy } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import { planTag, secretPaths } from "../../contract";
import { arn, type Location } from "../base/location";

export interface ApiKeySecretArgs {
  readonly location: Location;
  /** Name of the client whose key it holds; absent: the shared key. */
  readonly client?: string;
  /** Id of the usage plan that its keys belong to; absent if nothing rotates them. */
  readonly planId?: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** Days during which the secret can be restored after deletion, 7 to 30; 0: it is deleted at once. */
  readonly recoveryDays: number;
  /** Protects it from deletion. */
  readonly protect: boolean;
}

export class ApiKeySecret extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Physical name. Every form in which a request can name the secret (name, ARN, partial ARN) contains it. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: ApiKeySecretArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ApiKeySecret", name, {}, options);
    const { location, client, planId } = args;
    const path = client === undefined ? secretPaths.shared : secretPaths.client(client);
    const secret = new Secret(
      `${name}-secret`,
      {
        // The provider appends a random suffix: a deleted secret occupies its name until its recovery window ends.
        namePrefix: `${location.prefix}/${path}/`,
        description:
          'API key of the model service: {"apiKey": "…"}; made and rotated by the stack\'s rotation function',
        kmsKeyId: args.keyArn,
        recoveryWindowInDays: args.recoveryDays,
        ...(planId === undefined ? {} : { tags: { [planTag]: planId } }),
      },
      { parent: this, protect: args.protect },
    );
    this.arn = secret.arn;
    this.secretName = secret.name;
    this.registerOutputs({ arn: this.arn });
  }

  /**
   * Denies reading the secret to all but these roles. @returns the policy; it must exist before there is a value to
   * read
   */
  restrict(name: string, readers: readonly pulumi.Input<string>[]): pulumi.Resource {
    return new SecretPolicy(
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
 * Prefix of the ARNs of a stack's secrets, and of no others: the slash ends the stack's name, which has none itself.
 * @param location location of the secrets
 */
export function secretsArn(location: Location): string {
  return arn(location, "secretsmanager", `secret:${location.prefix}/`);
}

/**
 * Denies only the action that reveals the value: a policy that also denied administration could lock out the account,
 * and one that denied writing would keep the operator from storing a value.
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
        // Without readers the Deny has no condition: one with an empty list would never match.
        ...(readers.length === 0 ? {} : { Condition: { ArnNotEquals: { "aws:PrincipalArn": readers } } }),
      },
    ],
  };
}
