// The secret that holds an API key: a client's, or the one shared key where no clients are listed. Guarantees: the program never sets its value, so none
// is in the state; the rotation and the named roles read it, and nobody else, whatever IAM allows them.

import { Secret, SecretPolicy } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import { planTag, secretPaths } from "../../contract";
import { arn, type Location } from "./location";

export interface ApiKeySecretArgs {
  readonly location: Location;
  /** Name of the client whose key it holds; absent: nobody's in particular. */
  readonly client?: string;
  /** Id of the usage plan that its keys belong to; absent where nothing rotates them. */
  readonly planId?: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** Days that it can be restored after its deletion; 0: none. */
  readonly recoveryDays: number;
  /** Refuse to delete it. */
  readonly protect: boolean;
}

export class ApiKeySecret extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Its physical name: part of every way to name it. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: ApiKeySecretArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ApiKeySecret", name, {}, options);
    const { location, client, planId } = args;
    const path = client === undefined ? secretPaths.shared : secretPaths.client(client);
    const secret = new Secret(
      `${name}-secret`,
      {
        // The provider adds chance: a name is taken until the deleted secret can be restored no more.
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

  /** Denies reading to all but these roles. @returns what must stand before there is a value to read */
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
 * Begins the ARNs of a stack's secrets, and of no other's: a stack's name has no slash.
 * @param location of the secrets
 */
export function secretsArn(location: Location): string {
  return arn(location, "secretsmanager", `secret:${location.prefix}/`);
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
