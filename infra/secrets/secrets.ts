// The module `secrets`: the API keys in AWS Secrets Manager, rotated while clients keep calling, and a key in Google
// Cloud KMS. Guarantees: no key's value is in the state or an output; only the rotation and the roles named as its
// readers can read a secret. Without an API that requires keys there is nothing to rotate: there is one secret, for a
// value stored by hand.

import * as pulumi from "@pulumi/pulumi";
import { connect } from "../base/connection";
import { CodeStore } from "../base/code-store";
import { administration, alarmsMayPublish, logsMayEncrypt, rulesMayPublish, stackKey } from "../base/encryption";
import { arn, type Location } from "../base/location";
import { rotationTestOf } from "../settings/client-keys";
import type { ClientSetting } from "../settings/client-settings";
import { hoursBetween, requireOwnRoles } from "../settings/secret-settings";
import type { Settings } from "../settings/settings";
import { ApiKeySecret } from "./api-key-secret";
import { GcpKey } from "./gcp-key";
import { KeyRotation, type RotatedApi } from "./key-rotation";
import { KeySweep } from "./key-sweep";
import { RotationAlarms } from "./rotation-alarms";

export interface SecretsArgs {
  /** Account and region of the secrets. */
  readonly location: Location;
  readonly settings: Settings;
  /** Account and region of the API. */
  readonly apiLocation: Location;
  /** The API whose keys are rotated; absent: no API requires keys. */
  readonly api?: ApiWithKeys;
}

/** An API that requires API keys. */
export interface ApiWithKeys extends Omit<RotatedApi, "location" | "test" | "planIds"> {
  /** One plan for each listed client; without clients, one for the shared key. */
  readonly plans: readonly KeyPlan[];
}

/** A usage plan, and the client whose keys belong to it (absent: the shared key). */
export interface KeyPlan {
  readonly planId: pulumi.Input<string>;
  readonly client?: Pick<ClientSetting, "name" | "readers">;
}

class Secrets extends pulumi.ComponentResource {
  /** Ids of the secrets, the rotation function and the Google Cloud key; never a value. */
  readonly outputs: Record<string, pulumi.Input<unknown>>;

  constructor(name: string, args: SecretsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:SecretsModule", name, {}, options);
    const { location, settings, api } = args;
    requireOwnRoles(settings, location);
    const child = { parent: this };
    const { arn: keyArn } = new SecretKey(`${name}-kms`, { location }, child);
    const rotation = api && this.rotation(name, { ...args, api, keyArn });
    const plans: readonly Partial<KeyPlan>[] = api?.plans ?? [{}];
    const secrets = plans.map(({ planId, client }) => {
      const own = client === undefined ? `${name}-api-key` : `${name}-client-${client.name}`;
      // Taking a client off the list deletes its secret (restorable for a while): `protect` must not block a
      // revocation.
      const protect = settings.protectData && client === undefined;
      const recoveryDays = settings.secretRecoveryDays;
      const secret = new ApiKeySecret(
        own,
        { location, client: client?.name, planId, keyArn, recoveryDays, protect },
        child,
      );
      const named = client === undefined ? settings.secretReaders : client.readers;
      const readers = [...named, ...(rotation === undefined ? [] : [rotation.function.role.arn])];
      const restriction = secret.restrict(own, readers);
      const rotated =
        planId === undefined ? undefined : rotation?.keep(own, { secretArn: secret.arn, planId, restriction });
      return { name: own, client: client?.name, arn: secret.arn, secretName: secret.secretName, readers, rotated };
    });
    // With listed clients, each secret belongs to one of them: there is none that could be called the stack's.
    this.outputs = secrets.every(({ client }) => client === undefined)
      ? { awsSecretId: secrets[0]!.arn }
      : { awsSecretIds: Object.fromEntries(secrets.map(({ client, arn }) => [client!, arn])) };
    if (rotation !== undefined) {
      new KeySweep(
        `${name}-sweep`,
        {
          location,
          function: rotation.function,
          secretArns: secrets.map(({ arn }) => arn),
          after: secrets.flatMap(({ rotated }) => rotated ?? []),
        },
        child,
      );
      new RotationAlarms(
        `${name}-alarms`,
        {
          location,
          keyArn,
          functionName: rotation.function.functionName,
          secrets,
          rotationHours: hoursBetween(settings.secretRotationSchedule) ?? 90 * 24,
          email: settings.alarmEmail,
        },
        child,
      );
      this.outputs.rotationFunctionName = rotation.function.functionName;
    }
    const { ringId, keyId } = new GcpKey(
      `${name}-gcp-key`,
      {
        project: settings.gcpProject,
        region: settings.gcpRegion,
        location: settings.gcpKeyRingLocation,
        ringName: settings.gcpKeyRingName,
        rotationSeconds: settings.gcpKeyRotationSeconds,
        protectionLevel: settings.gcpProtectionLevel,
        users: settings.gcpKeyUsers,
        connection: settings.providers.gcp,
        protect: settings.protectData,
      },
      child,
    );
    Object.assign(this.outputs, { gcpKeyRingId: ringId, gcpCryptoKeyId: keyId });
    this.registerOutputs({});
  }

  private rotation(
    name: string,
    { location, settings, apiLocation, api, keyArn }: SecretsArgs & { api: ApiWithKeys; keyArn: pulumi.Input<string> },
  ): KeyRotation {
    const child = { parent: this };
    const { plans, ...keyed } = api;
    return new KeyRotation(
      `${name}-rotation`,
      {
        location,
        codeStore: new CodeStore(`${name}-code-store`, { location, keyArn, protect: settings.protectData }, child),
        keyArn,
        api: {
          ...keyed,
          planIds: plans.map(({ planId }) => planId),
          location: apiLocation,
          test: rotationTestOf(settings),
        },
        schedule: settings.secretRotationSchedule,
        overlapHours: settings.keyOverlapHours,
      },
      child,
    );
  }
}

/** The region of the secrets is a setting of its own, so this module has its own AWS provider. */
export async function deploySecrets(settings: Settings, api?: ApiWithKeys): Promise<Secrets["outputs"]> {
  const { location, options } = await connect(settings.secretsRegion, settings, "secrets-aws");
  const apiLocation = { ...location, region: settings.awsRegion };
  return new Secrets("secrets", { location, settings, apiLocation, api }, options).outputs;
}

interface SecretKeyArgs {
  readonly location: Location;
}

/**
 * The KMS key of the secrets' region: encrypts the secrets, and the code, logs and alarms of their rotation. Separate from
 * the stack's key because a key serves one region. CloudWatch Logs uses it only for this stack's log groups, alarms only
 * of this account, EventBridge only for its topics. Who may decrypt is up to IAM policies; the secret's own policy decides
 * in addition who may read it.
 */
class SecretKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { location }: SecretKeyArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:SecretKey", name, {}, options);
    const { prefix } = location;
    const logs = arn(location, "logs", `log-group:/aws/lambda/${prefix}-*`);
    this.arn = stackKey(
      name,
      {
        alias: `${prefix}-secrets`,
        description: `${prefix}: the API key's secret, its rotation and its alarms`,
        statements: [
          administration(location),
          logsMayEncrypt(location, logs),
          alarmsMayPublish(location),
          rulesMayPublish(location),
        ],
      },
      { parent: this },
    );
    this.registerOutputs({ arn: this.arn });
  }
}
