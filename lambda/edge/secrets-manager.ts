// A secret in AWS Secrets Manager: its versions and their staging labels.
// Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html

import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { adoptLabel, planTag } from "../../contract";
import { RotationError } from "../core/rotation/rotation-event";
import type { Vault } from "../core/rotation/rotation-context";
import { sending, unless } from "./aws-error";

/**
 * Id of the usage plan for the secret's API keys, read from its tag. Whoever can change the tag can at most choose
 * another plan of the stack: the rotation's role may add keys to no others.
 * @throws AwsError; RotationError if there is no such tag
 */
export async function planOf(client: SecretsManagerClient, secretId: string): Promise<string> {
  const { Tags = [] } = await sending("DescribeSecret", () =>
    client.send(new DescribeSecretCommand({ SecretId: secretId })),
  );
  const plan = Tags.find(({ Key }) => Key === planTag)?.Value;
  if (plan === undefined) throw new RotationError(`the secret has no tag ${planTag}: pulumi up puts it there`);
  return plan;
}

/** The methods reject with AwsError. @param secretId ARN of the secret */
export function secretVault(client: SecretsManagerClient, secretId: string): Vault {
  const SecretId = secretId;
  const moveLabel = (VersionStage: string, to: string | undefined, from: string | undefined) =>
    sending("UpdateSecretVersionStage", () =>
      client.send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId: to, RemoveFromVersionId: from }),
      ),
    );
  return {
    async describe() {
      const { RotationEnabled, VersionIdsToStages = {} } = await sending("DescribeSecret", () =>
        client.send(new DescribeSecretCommand({ SecretId })),
      );
      const labelled = (label: string) =>
        Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes(label))?.[0];
      return {
        rotates: RotationEnabled === true,
        current: labelled("AWSCURRENT"),
        pending: labelled("AWSPENDING"),
        adoptable: labelled(adoptLabel),
      };
    },

    async read(VersionId) {
      // A version that RotateSecret has just created has no value yet; Secrets Manager reports it as not found.
      const found = await sending("GetSecretValue", () =>
        client.send(new GetSecretValueCommand({ SecretId, VersionId })),
      ).catch(unless("ResourceNotFoundException", undefined));
      return found?.SecretString;
    },

    async write(ClientRequestToken, SecretString, label) {
      const request = { SecretId, ClientRequestToken, SecretString, VersionStages: [label] };
      await sending("PutSecretValue", () => client.send(new PutSecretValueCommand(request)), "code alone").catch(
        unless("ResourceExistsException", undefined),
      );
    },

    async makeCurrent(version, from) {
      await moveLabel("AWSCURRENT", version, from);
    },

    async unlabel(version, label) {
      await moveLabel(label, undefined, version);
    },

    async ages() {
      const ages = new Map<string, number>();
      for (let NextToken: string | undefined, more = true; more; more = NextToken !== undefined) {
        const page = await sending("ListSecretVersionIds", () =>
          client.send(new ListSecretVersionIdsCommand({ SecretId, NextToken })),
        );
        for (const { VersionId, CreatedDate } of page.Versions ?? []) {
          if (VersionId !== undefined && CreatedDate !== undefined) ages.set(VersionId, CreatedDate.getTime());
        }
        NextToken = page.NextToken;
      }
      return ages;
    },
  };
}
