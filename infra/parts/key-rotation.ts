// What keeps API keys and their secrets the same, and changes both on a schedule: one function for all secrets of the stack.
// Guarantees: the first keys exist when the deployment ends; a replaced key works for the overlap, and goes within the hour
// after it; destroying leaves no key, and taking a client away leaves none of its.

import { RolePolicy } from "@pulumi/aws/iam";
import { Invocation, Permission } from "@pulumi/aws/lambda";
import { SecretRotation } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import { environment } from "../../contract";
import { secretsArn } from "./api-key-secret";
import { bundle } from "./bundle";
import type { CodeStore } from "./code-store";
import { ServerlessFunction } from "./function";
import type { KeyProof } from "./key-proof";
import type { Location } from "./location";
import { rotationPolicy } from "./rotation-policy";

export interface KeyRotationArgs {
  /** Of the secrets, and of everything here. */
  readonly location: Location;
  readonly codeStore: CodeStore;
  readonly keyArn: pulumi.Input<string>;
  /** The API whose keys rotate, and where it is. */
  readonly api: RotatedApi;
  /** `rate(…)` or `cron(…)`. */
  readonly schedule: string;
  readonly overlapHours: number;
}

export interface RotatedApi {
  readonly location: Location;
  /** The plans that its keys belong to. */
  readonly planIds: readonly pulumi.Input<string>[];
  /** Base, without a slash at the end. */
  readonly url: pulumi.Input<string>;
  readonly apiId: pulumi.Input<string>;
  readonly stageName: string;
  readonly proof: KeyProof;
  /** What must stand before a key opens anything. */
  readonly module: pulumi.Resource;
}

export interface RotatedSecret {
  readonly secretArn: pulumi.Input<string>;
  /** The plan that its keys belong to. */
  readonly planId: pulumi.Input<string>;
  /** What denies reading it to strangers: stands before it has a value, and as long as it has one. */
  readonly restriction: pulumi.Resource;
}

export class KeyRotation extends pulumi.ComponentResource {
  readonly function: ServerlessFunction;
  /** What must stand before the function is called. */
  private readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    private readonly args: KeyRotationArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
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
          [environment.secretsArn]: secretsArn(location),
          [environment.apiRegion]: api.location.region,
          [environment.apiUrl]: api.url,
          [environment.keyProof]: api.proof,
          [environment.keyOverlap]: String(args.overlapHours * 3_600),
          [environment.keyPrefix]: location.prefix,
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
        policy: pulumi.all([args.keyArn, api.apiId, pulumi.all([...api.planIds])]).apply(([keyArn, apiId, planIds]) =>
          JSON.stringify(
            rotationPolicy({
              location,
              keyArn,
              api: api.location,
              apiId,
              planIds,
              stageName: api.stageName,
              signs: api.proof === "signed",
            }),
          ),
        ),
      },
      child,
    );
    const permission = new Permission(
      `${name}-rotate`,
      {
        function: this.function.functionName,
        action: "lambda:InvokeFunction",
        principal: "secretsmanager.amazonaws.com",
        // One for all: a function's policy has 20 KB. The function looks again whose secret it is called for.
        sourceArn: `${secretsArn(location)}*`,
        sourceAccount: location.account,
      },
      { parent: this, dependsOn: [this.function] },
    );
    this.ready = [this.function, policy, permission, api.module];
    this.registerOutputs({});
  }

  /**
   * Keeps a secret: its first key is made, it is rotated, and its keys go with it.
   * @param name begins the names of what does so
   * @returns what has made its first key
   */
  keep(name: string, { secretArn, planId, restriction }: RotatedSecret): pulumi.Resource {
    // Makes the first key, and deletes every key when the secret is destroyed: after what could make new ones is gone,
    // while function, role and plan still stand.
    const lifecycle = new Invocation(
      `${name}-lifecycle`,
      {
        functionName: this.function.functionName,
        // A change of these runs it again, and with it the current key joins the new plan.
        input: pulumi.jsonStringify({ event: "lifecycle", secret: secretArn, plan: planId }),
        lifecycleScope: "CRUD",
      },
      { parent: this, dependsOn: [...this.ready, restriction] },
    );
    new SecretRotation(
      `${name}-schedule`,
      {
        secretId: secretArn,
        // The function itself: Secrets Manager's documentation knows no aliases.
        rotationLambdaArn: this.function.arn,
        rotationRules: { scheduleExpression: this.args.schedule },
        // Not to rotate at once is to test at once, with a version that has no value.
        rotateImmediately: true,
      },
      { parent: this, dependsOn: [lifecycle] },
    );
    return lifecycle;
  }
}
