// What keeps the API key and the secret the same, and changes both on a schedule. Guarantees: the first key exists when the
// deployment ends; a replaced key works for the overlap, and goes within the hour after it; destroying leaves no key.

import { EventRule, EventTarget } from "@pulumi/aws/cloudwatch";
import { RolePolicy } from "@pulumi/aws/iam";
import { Invocation, Permission } from "@pulumi/aws/lambda";
import { SecretRotation } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import { environment, type keyProofs } from "../../contract";
import { bundle } from "./bundle";
import type { CodeStore } from "./code-store";
import { ServerlessFunction } from "./function";
import type { Location } from "./location";
import { rotationPolicy } from "./rotation-policy";

export interface KeyRotationArgs {
  /** Of the secret, and of everything here. */
  readonly location: Location;
  readonly codeStore: CodeStore;
  readonly keyArn: pulumi.Input<string>;
  readonly secretArn: pulumi.Input<string>;
  /** The API whose keys rotate, and where it is. */
  readonly api: RotatedApi;
  /** `rate(…)` or `cron(…)`. */
  readonly schedule: string;
  readonly overlapHours: number;
}

export interface RotatedApi {
  readonly location: Location;
  readonly planId: pulumi.Input<string>;
  /** Base, without a slash at the end. */
  readonly url: pulumi.Input<string>;
  readonly apiId: pulumi.Input<string>;
  readonly stageName: string;
  readonly proof: (typeof keyProofs)[number];
  /** What must stand before a key opens anything. */
  readonly module: pulumi.Resource;
}

export class KeyRotation extends pulumi.ComponentResource {
  readonly function: ServerlessFunction;

  constructor(name: string, args: KeyRotationArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:KeyRotation", name, {}, options);
    const { location, api } = args;
    const child = { parent: this };
    this.function = new ServerlessFunction(
      name,
      {
        location,
        role: "rotation",
        handler: "rotation.handler",
        code: args.codeStore.upload(`${name}-code`, bundle("rotation"), this),
        environment: {
          [environment.secretId]: args.secretArn,
          [environment.apiRegion]: api.location.region,
          [environment.apiUrl]: api.url,
          [environment.usagePlanId]: api.planId,
          [environment.keyProof]: api.proof,
          [environment.keyOverlap]: String(args.overlapHours * 3_600),
          [environment.keyPrefix]: `${location.prefix}-client`,
          [environment.metricsNamespace]: location.prefix,
        },
        keyArn: args.keyArn,
        memory: 256,
        // A new key is waited for: API Gateway's hosts learn of it within a minute or so.
        timeout: 300,
      },
      child,
    );
    const policy = new RolePolicy(
      `${name}-secret-policy`,
      {
        role: this.function.role.name,
        policy: pulumi
          .all([args.secretArn, args.keyArn, api.apiId, api.planId])
          .apply(([secretArn, keyArn, apiId, planId]) =>
            JSON.stringify(
              rotationPolicy({
                location,
                secretArn,
                keyArn,
                api: api.location,
                apiId,
                planId,
                stageName: api.stageName,
                signs: api.proof === "signed",
              }),
            ),
          ),
      },
      child,
    );
    // Makes the first key, and deletes every key when the stack is destroyed: after what could make new ones is gone,
    // while function, role and plan still stand.
    const lifecycle = new Invocation(
      `${name}-lifecycle`,
      {
        functionName: this.function.functionName,
        // A change of these runs it again, and with it the current key joins the new plan.
        input: pulumi.jsonStringify({ event: "lifecycle", secret: args.secretArn, plan: api.planId }),
        lifecycleScope: "CRUD",
      },
      { parent: this, dependsOn: [this.function, policy, api.module] },
    );
    this.schedule(name, args, lifecycle);
    this.sweepHourly(name, lifecycle);
    this.registerOutputs({});
  }

  private schedule(name: string, { location, secretArn, schedule }: KeyRotationArgs, lifecycle: Invocation): void {
    const permission = new Permission(
      `${name}-rotate`,
      {
        function: this.function.functionName,
        action: "lambda:InvokeFunction",
        principal: "secretsmanager.amazonaws.com",
        sourceArn: secretArn,
        sourceAccount: location.account,
      },
      { parent: this, dependsOn: [this.function] },
    );
    new SecretRotation(
      `${name}-schedule`,
      {
        secretId: secretArn,
        // The function itself: Secrets Manager's documentation knows no aliases.
        rotationLambdaArn: this.function.arn,
        rotationRules: { scheduleExpression: schedule },
        // Not to rotate at once is to test at once, with a version that has no value.
        rotateImmediately: true,
      },
      { parent: this, dependsOn: [permission, lifecycle] },
    );
  }

  private sweepHourly(name: string, lifecycle: Invocation): void {
    const rule = new EventRule(
      `${name}-sweep`,
      {
        description: "Removes API keys past their overlap, and measures the others",
        scheduleExpression: "rate(1 hour)",
      },
      { parent: this },
    );
    const permission = new Permission(
      `${name}-sweep-invoke`,
      {
        function: this.function.functionName,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      },
      { parent: this, dependsOn: [this.function] },
    );
    new EventTarget(
      `${name}-sweep-target`,
      { rule: rule.name, arn: this.function.arn, input: JSON.stringify({ event: "sweep" }) },
      { parent: this, dependsOn: [permission, lifecycle] },
    );
  }
}
