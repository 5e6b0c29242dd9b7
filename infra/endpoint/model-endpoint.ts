// A SageMaker real-time endpoint that computes one model: its repository in S3, its role, its instances and their number.
// Guarantees: the container has no network; what it stores is encrypted; nothing of a request is captured; a new model takes
// the place of the old one in one step or by a canary, and rolls back by itself on the endpoint's alarms.

import { Policy, Target } from "@pulumi/aws/appautoscaling";
import { LogGroup } from "@pulumi/aws/cloudwatch";
import { Role, RolePolicy } from "@pulumi/aws/iam";
import { Endpoint, EndpointConfiguration, Model } from "@pulumi/aws/sagemaker";
import * as pulumi from "@pulumi/pulumi";
import type { CodeStore } from "../base/code-store";
import { endpointLogs, endpointName } from "../base/endpoint-name";
import type { Location, VpcConfig } from "../base/location";
import { variantName } from "../base/monitored";
import { sagemakerTrust } from "../base/sagemaker-role";
import type { ServedByEngine } from "../function/models";
import type { EndpointSetting } from "../settings/endpoint-settings";
import { hasGpu, hasLocalDisks } from "../settings/instance-types";
import type { Settings } from "../settings/settings";
import { tritonImage } from "../settings/triton-image";
import { EndpointAlarms } from "./endpoint-alarms";
import { endpointPolicyDocument } from "./endpoint-role";
import { modelRepository } from "./model-repository";
import { deploymentConfig, productionVariant } from "./production-variant";
import { RepositoryObjects } from "./repository-objects";

export interface ModelEndpointArgs {
  readonly location: Location;
  readonly settings: Settings;
  readonly endpoint: EndpointSetting;
  readonly engine: ServedByEngine;
  /** Holds the model's repository. */
  readonly codeStore: CodeStore;
  /** KMS key of the repository, the volumes and the log. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  /** Subnets and security group of the instances; absent: SageMaker's own network. */
  readonly network?: pulumi.Input<VpcConfig>;
  /** The network's path to the repository; absent: none is needed. */
  readonly storage?: pulumi.Resource;
}

export class ModelEndpoint extends pulumi.ComponentResource {
  constructor(name: string, args: ModelEndpointArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ModelEndpoint", name, {}, options);
    const { location, settings, endpoint, engine, codeStore, keyArn, network } = args;
    const child = { parent: this };
    const physical = endpointName(location, endpoint.model);
    const image = tritonImage(location, settings.endpointImageDigest);
    const encryptsVolumes = !hasLocalDisks(endpoint.instanceType);
    const repository = modelRepository(endpoint.model, engine, hasGpu(endpoint.instanceType));
    const objects = new RepositoryObjects(`${name}-repository`, { codeStore, repository }, child);

    const logGroup = new LogGroup(
      `${name}-logs`,
      { name: `${endpointLogs}/${physical}`, retentionInDays: 365, kmsKeyId: keyArn },
      child,
    );
    const role = new Role(`${name}-role`, { assumeRolePolicy: JSON.stringify(sagemakerTrust(location)) }, child);
    const policy = new RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: pulumi.all([codeStore.bucketArn, keyArn]).apply(([bucketArn, key]) =>
          JSON.stringify(
            endpointPolicyDocument({
              location,
              model: endpoint.model,
              endpoint: physical,
              bucketArn,
              keyArn: key,
              repositoryArn: image.repositoryArn,
              encryptsVolumes,
              inNetwork: network !== undefined,
            }),
          ),
        ),
      },
      child,
    );
    const model = new Model(
      `${name}-model`,
      {
        executionRoleArn: role.arn,
        enableNetworkIsolation: true,
        primaryContainer: {
          image: image.uri,
          environment: engineEnvironment(engine.pinned.digest),
          modelDataSource: {
            s3DataSources: [{ s3DataType: "S3Prefix", compressionType: "None", s3Uri: objects.uri }],
          },
        },
        ...(network === undefined
          ? {}
          : {
              vpcConfig: pulumi.output(network).apply(({ subnets, securityGroups }) => ({
                subnets: [...subnets],
                securityGroupIds: [...securityGroups],
              })),
            }),
      },
      // SageMaker checks the role, and finds the objects, when it makes the model.
      { parent: this, dependsOn: [policy, ...objects.all, ...(args.storage === undefined ? [] : [args.storage])] },
    );
    const configuration = new EndpointConfiguration(
      `${name}-configuration`,
      {
        productionVariants: [productionVariant(endpoint, engine.pinned, model.name)],
        ...(encryptsVolumes ? { kmsKeyArn: keyArn } : {}),
      },
      child,
    );
    const { latencyTarget } = settings;
    const alarms = new EndpointAlarms(
      `${name}-alarms`,
      { endpoint: physical, topicArn: args.alarmTopicArn, latencyTarget },
      child,
    );
    const made = new Endpoint(
      `${name}-endpoint`,
      {
        name: physical,
        endpointConfigName: configuration.name,
        deploymentConfig: deploymentConfig(endpoint, settings.canaryPercent, alarms.rollback),
      },
      { parent: this, dependsOn: [logGroup] },
    );
    if (endpoint.maxInstances > endpoint.minInstances) this.scale(name, physical, endpoint, made);
    this.registerOutputs({});
  }

  /** Lets the number of instances follow the requests. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html */
  private scale(name: string, physical: string, endpoint: EndpointSetting, made: Endpoint): void {
    const target = new Target(
      `${name}-range`,
      {
        serviceNamespace: "sagemaker",
        scalableDimension: "sagemaker:variant:DesiredInstanceCount",
        resourceId: `endpoint/${physical}/variant/${variantName}`,
        minCapacity: endpoint.minInstances,
        maxCapacity: endpoint.maxInstances,
      },
      { parent: this, dependsOn: [made] },
    );
    new Policy(
      `${name}-scaling`,
      {
        resourceId: target.resourceId,
        scalableDimension: target.scalableDimension,
        serviceNamespace: target.serviceNamespace,
        policyType: "TargetTrackingScaling",
        targetTrackingScalingPolicyConfiguration: {
          targetValue: endpoint.invocationsPerInstance,
          predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
        },
      },
      { parent: this },
    );
  }
}

/**
 * The image's script starts Triton with this model alone; verbose logs, which it would write, say more of each request than
 * anyone should keep.
 * Source: https://github.com/triton-inference-server/server/blob/main/docker/sagemaker/serve
 */
function engineEnvironment(digest: string): Readonly<Record<string, string>> {
  return { SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: digest, SAGEMAKER_TRITON_LOG_VERBOSE: "0" };
}
