// What one client of the REST API has: its throttle and quota, its key unless the rotation makes it, and its entry in the list
// by which the model function knows it. A component for each, so that one that comes or goes touches nothing of the others.
// Guarantees: the value of a key that is made here is a secret in the state; a client without a credential is in no list.

import { ApiKey, UsagePlan, UsagePlanKey } from "@pulumi/aws/apigateway";
import * as pulumi from "@pulumi/pulumi";
import { clientFields, clientKeyPrefix, clientVariable } from "../../contract";
import type { ClientKeys } from "./client-keys";
import type { ClientSetting } from "./client-settings";
import type { Location } from "./location";

export interface ClientAccessArgs {
  readonly location: Location;
  readonly client: ClientSetting;
  readonly keys: ClientKeys;
  /** Id of its application, where the program makes it; else what the settings name it by. */
  readonly applicationId?: pulumi.Output<string>;
}

/** The stage that the plan of a key opens. */
export interface OpenedStage {
  readonly apiId: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
}

export class ClientAccess extends pulumi.ComponentResource {
  /** Id of its API key, never the value; absent where it has none that is made here. */
  readonly keyId?: pulumi.Output<string>;
  /** The plan that its keys belong to, once it is open; absent where it has none. */
  planId?: pulumi.Output<string>;
  /** Name of the stage variable that lists it. */
  readonly variable: string;
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

  /** Gives the key its worth. Apart from the key, which the stage lists before it can be opened. */
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

/** What a client is told apart by; empty where it is not. */
export type Told = Readonly<Record<"key" | "keyPrefix" | "principal", string>>;

/** The entry in the form of the contract. */
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
