// Creates API keys, stores them in their secrets, and replaces both on a schedule: one function for all secrets of the
// stack. Guarantees: the first keys exist when the deployment ends; a replaced key works for the overlap, and is
// deleted within the hour after it; destroying the stack deletes all its keys, and removing a client deletes the
// client's.

import { RolePolicy } from "@pulumi/aws/iam";
import { Invocation, Permission } from "@pulumi/aws/lambda";
import { SecretRotation } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import { environment } from "../../contract";
import { secretsArn } from "./api-key-secret";
import { bundle } from "../base/bundle";
import type { CodeStore } from "../base/code-store";
import { ServerlessFunction } from "../function/function";
import type { RotationTest } from "../settings/client-keys";
import type { Location } from "../base/location";
import { rotationPolicy } from "./rotation-policy";

export interface KeyRotationArgs {
  /** Account and region of the secrets, and of everything created here. */
  readonly location: Location;
  readonly codeStore: CodeStore;
  readonly keyArn: pulumi.Input<string>;
  /** The API whose keys rotate, and where it is. */
  readonly api: RotatedApi;
  /** `rate(…)` or `cron(…)`, in UTC. */
  readonly schedule: string;
  /** Hours that a replaced key stays valid. */
  readonly overlapHours: number;
}

export interface RotatedApi {
  readonly location: Location;
  /** Ids of the usage plans that its keys belong to. */
  readonly planIds: readonly pulumi.Input<string>[];
  /** Base URL, without a trailing slash. */
  readonly url: pulumi.Input<string>;
  /** Host name of its own domain's endpoint; absent: `url` names the endpoint. */
  readonly target?: pulumi.Input<string>;
  readonly apiId: pulumi.Input<string>;
  readonly stageName: string;
  readonly test: RotationTest;
  /** The component that must be deployed before a key opens anything. */
  readonly module: pulumi.Resource;
}

export interface RotatedSecret {
  readonly secretArn: pulumi.Input<string>;
  /** Id of the usage plan that its keys belong to. */
  readonly planId: pulumi.Input<string>;
  /** The policy that denies reading by others: it exists before the secret has a value, and as long as it has one. */
  readonly restriction: pulumi.Resource;
}

export class KeyRotation extends pulumi.ComponentResource {
  readonly function: ServerlessFunction;
  /** What must exist before the function is called. */
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
          ...(api.target === undefined ? {} : { [environment.apiTarget]: api.target }),
          [environment.rotationTest]: api.test,
          [environment.keyOverlap]: String(args.overlapHours * 3_600),
          [environment.keyPrefix]: location.prefix,
          [environment.metricsNamespace]: location.prefix,
        },
        keyArn: args.keyArn,
        joinsNetworks: false,
        memory: 256,
        // The function waits until a new key works: it takes about a minute to reach API Gateway's hosts.
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
              signs: api.test === "signed",
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
        // One permission for all secrets: a function's policy is limited to 20 KB. The function itself checks which
        // secret it is called for.
        sourceArn: `${secretsArn(location)}*`,
        sourceAccount: location.account,
      },
      { parent: this, dependsOn: [this.function] },
    );
    this.ready = [this.function, policy, permission, api.module];
    this.registerOutputs({});
  }

  /**
   * Puts a secret under rotation: its first key is created, it is rotated, and its keys are deleted with it.
   * @param name prefix of the names of the resources that do so
   * @returns the resource that creates its first key
   */
  keep(name: string, { secretArn, planId, restriction }: RotatedSecret): pulumi.Resource {
    // Creates the first key, and deletes all keys when the secret is destroyed: after the schedule, which could create
    // new ones, and before the function, its role and the plan.
    const lifecycle = new Invocation(
      `${name}-lifecycle`,
      {
        functionName: this.function.functionName,
        // A change of this input invokes the function again, which then adds the current key to the new plan.
        input: pulumi.jsonStringify({ event: "lifecycle", secret: secretArn, plan: planId }),
        lifecycleScope: "CRUD",
      },
      { parent: this, dependsOn: [...this.ready, restriction] },
    );
    new SecretRotation(
      `${name}-schedule`,
      {
        secretId: secretArn,
        // The unqualified function: Secrets Manager's documentation does not mention aliases.
        rotationLambdaArn: this.function.arn,
        rotationRules: { scheduleExpression: this.args.schedule },
        // With `false`, Secrets Manager would at once test the rotation, with a version that has no value.
        rotateImmediately: true,
      },
      { parent: this, dependsOn: [lifecycle] },
    );
    return lifecycle;
  }
}
