// The usage plan of the shared API key: throttle and quota. Separate from the API because the key may be created
// elsewhere: by the rotation, which keeps its value out of the state. Guarantees: a key without a plan opens nothing,
// and the value of a key created here is marked as secret in the state.

import { ApiKey, UsagePlan as AwsUsagePlan, UsagePlanKey } from "@pulumi/aws/apigateway";
import * as pulumi from "@pulumi/pulumi";
import type { RestApi } from "./rest-api";

export interface UsagePlanArgs {
  readonly api: RestApi;
  /** Requests per second of one key. */
  readonly rateLimit: number;
  /** Burst of one key (capacity of the token bucket), in requests. */
  readonly burstLimit: number;
  /** Requests of one key per `quotaPeriod`. */
  readonly quota: number;
  readonly quotaPeriod: "DAY" | "WEEK" | "MONTH";
  /** Create a key here; false if the rotation of the module `secrets` does. */
  readonly ownKey: boolean;
}

export class UsagePlan extends pulumi.ComponentResource {
  /** Id of the key, never its value: `aws apigateway get-api-key --include-value --api-key <id>` reads that. */
  readonly keyId?: pulumi.Output<string>;
  readonly planId: pulumi.Output<string>;

  constructor(name: string, args: UsagePlanArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:UsagePlan", name, {}, options);
    const plan = new AwsUsagePlan(
      `${name}-plan`,
      {
        apiStages: [{ apiId: args.api.apiId, stage: args.api.stage.stageName }],
        throttleSettings: { rateLimit: args.rateLimit, burstLimit: args.burstLimit },
        quotaSettings: { limit: args.quota, period: args.quotaPeriod },
      },
      { parent: this },
    );
    this.planId = plan.id;
    if (args.ownKey) {
      const key = new ApiKey(`${name}-key`, {}, { parent: this, additionalSecretOutputs: ["value"] });
      new UsagePlanKey(
        `${name}-plan-key`,
        { keyId: key.id, keyType: "API_KEY", usagePlanId: plan.id },
        { parent: this },
      );
      this.keyId = key.id;
    }
    this.registerOutputs({ planId: this.planId });
  }
}
