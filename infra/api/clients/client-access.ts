// What one client of the REST API gets: its usage plan (throttle and quota), its key unless the rotation creates it,
// and its entry in the list by which the model function recognises it. A component for each client, so that adding or
// removing one leaves the others alone. Guarantees: the value of a key created here is marked as secret in the state;
// an entry without a credential matches no caller.

import { ApiKey, UsagePlan, UsagePlanKey } from "@pulumi/aws/apigateway";
import * as pulumi from "@pulumi/pulumi";
import { clientFields, clientKeyPrefix, clientVariable } from "../../../contract";
import type { ClientKeys } from "../../settings/client-keys";
import type { ClientSetting } from "../../settings/client-settings";
import type { Location } from "../../base/location";

export interface ClientAccessArgs {
  readonly location: Location;
  readonly client: ClientSetting;
  readonly keys: ClientKeys;
  /** Id of its Cognito app client, if the program creates one; absent: its principal, if any, is in the settings. */
  readonly applicationId?: pulumi.Output<string>;
}

/** The stage that a key's usage plan opens. */
export interface OpenedStage {
  readonly apiId: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
}

export class ClientAccess extends pulumi.ComponentResource {
  /** Id of its API key, never the value; absent if none is created here. */
  readonly keyId?: pulumi.Output<string>;
  /** Id of the usage plan of its keys, set by `open`; absent if it has no keys. */
  planId?: pulumi.Output<string>;
  /** Name of the stage variable that holds its list entry. */
  readonly variable: string;
  /** The list entry, see `clientFields` in the contract. */
  readonly value: pulumi.Output<string>;

  readonly client: ClientSetting;
  readonly keys: ClientKeys;
  readonly applicationId?: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    args: ClientAccessArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("model-serving:infra:ClientAccess", name, {}, options);
    const { location, client, keys, applicationId } = args;
    this.client = client;
    this.keys = keys;
    this.applicationId = applicationId;
    if (keys === "own") {
      const key = new ApiKey(
        `${name}-key`,
        { description: `${location.prefix}: ${client.name}` },
        { parent: this, additionalSecretOutputs: ["value"] },
      );
      this.keyId = key.id;
    }
    this.variable = clientVariable + client.name.replaceAll("-", "_");
    this.value = pulumi
      .all([this.keyId ?? "", applicationId ?? client.principal])
      .apply(([key, principal]) =>
        listEntry({ key, keyPrefix: keys === "rotated" ? clientKeyPrefix(client.name) : "", principal }, client.models),
      );
    this.registerOutputs({});
  }

  /**
   * Creates the usage plan and adds the key to it. Not part of the constructor, because the plan needs the stage, and
   * the stage's variables need the key's id.
   */
  open({ apiId, stageName }: OpenedStage): void {
    if (this.keys === "none") return;
    const { rate, burst, quota, quotaPeriod } = this.client.limits;
    const plan = new UsagePlan(
      `${this.name}-plan`,
      {
        apiStages: [{ apiId, stage: stageName }],
        throttleSettings: { rateLimit: rate, burstLimit: burst },
        quotaSettings: { limit: quota, period: quotaPeriod },
      },
      { parent: this },
    );
    this.planId = plan.id;
    if (this.keyId === undefined) return;
    new UsagePlanKey(
      `${this.name}-plan-key`,
      { keyId: this.keyId, keyType: "API_KEY", usagePlanId: plan.id },
      { parent: this },
    );
  }
}

/** The credentials that identify a client; empty where one does not apply. */
export type Told = Readonly<Record<"key" | "keyPrefix" | "principal", string>>;

/** The list entry, in the format of `clientFields` in the contract. */
export function listEntry({ key, keyPrefix, principal }: Told, models: readonly string[] | undefined): string {
  const fields = [
    [clientFields.key, key],
    [clientFields.keyPrefix, keyPrefix],
    [clientFields.principal, principal],
    [clientFields.models, models?.join(",") ?? ""],
  ];
  return fields
    .filter(([, value]) => value !== "")
    .map(([field, value]) => `${field}=${value}`)
    .join("&");
}
