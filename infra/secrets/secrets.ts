// The module `secrets`: the API keys in AWS Secrets Manager, rotated while clients keep calling, and a key in Google
// Cloud KMS. Guarantees: no key's value is in the state or an output; only the rotation and the roles named as its
// readers can read a secret. Without an API that requires keys there is nothing to rotate: there is one secret, for a
// value stored by hand.

import * as pulumi from "@pulumi/pulumi";
import { ApiKeySecret } from "./api-key-secret";
import type { ClientSetting } from "../settings/client-settings";
import { CodeStore } from "../base/code-store";
import { GcpKey } from "./gcp-key";
import { KeyRotation, type RotatedApi } from "./key-rotation";
import { KeySweep } from "./key-sweep";
import { rotationTestOf } from "../settings/client-keys";
import type { Location } from "../base/location";
import { RotationAlarms } from "./rotation-alarms";
import { SecretKey } from "./secret-key";
import { requireOwnRoles } from "../settings/secret-readers";
import { hoursBetween } from "../settings/secret-settings";
import type { Settings } from "../settings/settings";

export interface SecretsArgs {
  /** Account and region of the secrets. */
  readonly location: Location;
  readonly settings: Settings;
  /** Account and region of the API. */
  readonly apiLocation: Location;
  /** The API whose keys are rotated; absent: no API requires keys. */
  readonly api?: KeyedApi;
}

/** An API that requires API keys. */
export interface KeyedApi extends Omit<RotatedApi, "location" | "proof" | "planIds"> {
  /** One plan for each listed client; without clients, one for the shared key. */
  readonly plans: readonly KeyPlan[];
}

/** A usage plan, and the client whose keys belong to it (absent: the shared key). */
export interface KeyPlan {
  readonly planId: pulumi.Input<string>;
  readonly client?: Pick<ClientSetting, "name" | "readers">;
}

export class Secrets extends pulumi.ComponentResource {
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
      // Taking a client off the list deletes its secret (restorable for a while): protection must not block a
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
      const kept =
        planId === undefined ? undefined : rotation?.keep(own, { secretArn: secret.arn, planId, restriction });
      return { name: own, client: client?.name, arn: secret.arn, secretName: secret.secretName, readers, kept };
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
          after: secrets.flatMap(({ kept }) => kept ?? []),
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
    { location, settings, apiLocation, api, keyArn }: SecretsArgs & { api: KeyedApi; keyArn: pulumi.Input<string> },
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
          proof: rotationTestOf(settings),
        },
        schedule: settings.secretRotationSchedule,
        overlapHours: settings.keyOverlapHours,
      },
      child,
    );
  }
}
