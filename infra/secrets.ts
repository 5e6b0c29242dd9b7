// The module `secrets`: the API key in AWS Secrets Manager, rotated while clients go on calling, and a key in Google Cloud
// KMS. Guarantees: no value in the state or an output; nobody reads the secret but the rotation and the named roles.
// Without an API that asks for keys there is nothing to rotate: the secret stands alone, for a value put in by hand.

import * as pulumi from "@pulumi/pulumi";
import { ApiKeySecret } from "./parts/api-key-secret";
import { CodeStore } from "./parts/code-store";
import { GcpKey } from "./parts/gcp-key";
import { KeyRotation, type RotatedApi } from "./parts/key-rotation";
import type { Location } from "./parts/location";
import { RotationAlarms } from "./parts/rotation-alarms";
import { SecretKey } from "./parts/secret-key";
import { hoursBetween } from "./parts/secret-settings";
import type { Settings } from "./settings";

export interface SecretsArgs {
  /** Of the secret's region. */
  readonly location: Location;
  readonly settings: Settings;
  /** Of the API. */
  readonly apiLocation: Location;
  /** The API whose keys rotate; absent: none asks for keys. */
  readonly api?: Omit<RotatedApi, "location" | "proof">;
}

export class Secrets extends pulumi.ComponentResource {
  /** Where secret and keys are found; never a value. */
  readonly outputs: Record<string, pulumi.Input<unknown>>;

  constructor(name: string, args: SecretsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:SecretsModule", name, {}, options);
    const { location, settings, api } = args;
    const child = { parent: this };
    const { arn: keyArn } = new SecretKey(`${name}-kms`, { location }, child);
    const secret = new ApiKeySecret(`${name}-api-key`, { keyArn, recoveryDays: settings.secretRecoveryDays }, child);
    this.outputs = { awsSecretId: secret.arn };
    const readers: pulumi.Input<string>[] = [...settings.secretReaders];
    if (api !== undefined) {
      const codeStore = new CodeStore(`${name}-code-store`, { location, keyArn, protect: settings.protectData }, child);
      const rotation = new KeyRotation(
        `${name}-rotation`,
        {
          location,
          codeStore,
          keyArn,
          secretArn: secret.arn,
          api: { ...api, location: args.apiLocation, proof: proofOf(settings) },
          schedule: settings.secretRotationSchedule,
          overlapHours: settings.keyOverlapHours,
        },
        child,
      );
      readers.push(rotation.function.role.arn);
      new RotationAlarms(
        `${name}-alarms`,
        {
          location,
          keyArn,
          functionName: rotation.function.functionName,
          secretName: secret.secretName,
          readers,
          rotationHours: hoursBetween(settings.secretRotationSchedule) ?? 90 * 24,
          email: settings.alarmEmail,
        },
        child,
      );
      this.outputs.rotationFunctionName = rotation.function.functionName;
    }
    secret.restrict(`${name}-api-key`, readers);
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
        protect: settings.protectData,
      },
      child,
    );
    Object.assign(this.outputs, { gcpKeyRingId: ringId, gcpCryptoKeyId: keyId });
    this.registerOutputs({});
  }
}

/**
 * How a new key can be tried out. With a token the rotation cannot call, since it has none; nor from an address of Lambda's,
 * which is in nobody's network, where some networks or countries alone may.
 */
function proofOf({ apiGatewayAuth, allowedNetworks, allowedCountries }: Settings): RotatedApi["proof"] {
  if (allowedNetworks.length > 0 || allowedCountries.length > 0) return "plan";
  switch (apiGatewayAuth) {
    case "apiKey":
      return "call";
    case "iam":
      return "signed";
    case "cognito":
    case "lambda":
      return "plan";
  }
}
