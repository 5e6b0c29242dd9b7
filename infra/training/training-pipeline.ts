// The training pipeline: its bucket with scripts and data, a role for each job and one for the pipeline, the definition
// in the bucket, and the group in which its models are registered. Guarantees: the definition is checked before
// anything is created, and each role can do exactly what its steps need.

import { Role, RolePolicy } from "@pulumi/aws/iam";
import { BucketObjectv2 } from "@pulumi/aws/s3";
import { ModelPackageGroup, Pipeline } from "@pulumi/aws/sagemaker";
import * as pulumi from "@pulumi/pulumi";
import {
  approvalParameter,
  type JobStep,
  jobSteps,
  pipelineDefinition,
  prefixes,
} from "./pipeline/pipeline-definition";
import type { Location, VpcConfig } from "../base/location";
import { checkPipeline } from "./pipeline/pipeline-check";
import { pipelinePolicy } from "./pipeline/pipeline-role";
import { PrivateBucket } from "../base/private-bucket";
import { sagemakerTrust } from "../base/sagemaker-role";
import { sklearnImage } from "../settings/sklearn-image";
import { type PipelineArns, stepPolicy } from "./pipeline/step-roles";
import type { TrainingSettings } from "../settings/training-settings";
import { trainingSources } from "./training-sources";

export interface TrainingPipelineArgs {
  readonly location: Location;
  readonly settings: TrainingSettings & {
    readonly protectData: boolean;
    readonly tags: Readonly<Record<string, string>>;
  };
  readonly keyArn: pulumi.Input<string>;
  /** Bucket that receives the access logs of the training bucket. */
  readonly logsTo: pulumi.Input<string>;
  /**
   * Subnets and security groups of the jobs; absent: SageMaker's own network. The container has no network access in
   * either case.
   */
  readonly network: pulumi.Input<VpcConfig> | undefined;
}

export class TrainingPipeline extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  readonly pipelineArn: pulumi.Output<string>;
  readonly pipelineName: string;
  /** Name of the model package group. */
  readonly group: string;
  /** The parameter for how a registered model is approved, with its default. */
  readonly approval: { readonly name: string; readonly value: string };

  constructor(name: string, args: TrainingPipelineArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TrainingPipeline", name, {}, options);
    const { location, settings, keyArn, network } = args;
    const child = { parent: this };
    const sources = trainingSources();
    const image = sklearnImage(location, settings.trainingImageDigest);
    this.pipelineName = `${location.prefix}-training`;
    this.group = groupName(location);
    const fixed = { location, repositoryArn: image.repositoryArn, group: this.group, inNetwork: network !== undefined };
    const plain = {
      image: image.uri,
      group: this.group,
      ...sources,
      processingInstanceType: settings.processingInstanceType,
      trainingInstanceType: settings.trainingInstanceType,
      accuracyThreshold: settings.accuracyThreshold / 100,
      tags: settings.tags,
      approvalStatus: settings.modelApproval === "automatic" ? "Approved" : "PendingManualApproval",
    } as const;
    this.approval = { name: approvalParameter, value: plain.approvalStatus };
    const vpcConfig = network && { subnets: ["subnet"], securityGroups: ["group"] };
    checkPipeline(
      { ...plain, network: vpcConfig },
      fixed,
      sources.files.map(({ key }) => key),
    );

    const store = new PrivateBucket(
      `${name}-bucket`,
      { protect: settings.protectData, keyArn, logsTo: args.logsTo },
      child,
    );
    for (const { key, file } of sources.files) {
      new BucketObjectv2(
        `${name}-${key}`,
        { bucket: store.bucket, key, source: new pulumi.asset.FileAsset(file) },
        { ...child, dependsOn: store.ready },
      );
    }

    const roles = Object.fromEntries(
      [...jobSteps, "pipeline" as const].map((step) => [
        step,
        new Role(`${name}-${step}-role`, { assumeRolePolicy: JSON.stringify(sagemakerTrust(location)) }, child),
      ]),
    ) as Record<JobStep | "pipeline", Role>;
    const roleArns: pulumi.Output<Record<JobStep, string>> = pulumi
      .all([roles.split.arn, roles.train.arn, roles.evaluate.arn])
      .apply(([split, train, evaluate]) => ({ split, train, evaluate }));
    const arns: pulumi.Output<PipelineArns> = pulumi
      .all([store.arn, keyArn, roleArns])
      .apply(([bucketArn, key, stepRoles]) => ({ ...fixed, bucketArn, keyArn: key, roleArns: stepRoles }));
    const policies = (Object.keys(roles) as (JobStep | "pipeline")[]).map(
      (step) =>
        new RolePolicy(
          `${name}-${step}-policy`,
          {
            role: roles[step].name,
            policy: arns.apply((all) =>
              JSON.stringify(step === "pipeline" ? pipelinePolicy(all) : stepPolicy(step, all)),
            ),
          },
          child,
        ),
    );

    // SageMaker refuses to delete a group that holds versions (docs/runbook.md has the commands that empty it), so nothing
    // that a setting can change is in a property that would replace it.
    new ModelPackageGroup(
      `${name}-models`,
      { modelPackageGroupName: this.group, modelPackageGroupDescription: `Models that ${this.pipelineName} trained` },
      { ...child, protect: settings.protectData },
    );
    const definition = new BucketObjectv2(
      `${name}-definition`,
      {
        bucket: store.bucket,
        key: `${prefixes.definition}/pipeline.json`,
        contentType: "application/json",
        // As text and not as an asset, whose text the policy pack is not shown when it judges the pipeline's steps.
        content: pulumi
          .all([store.bucket, keyArn, roleArns, pulumi.output(network)])
          .apply(([bucket, key, stepRoles, vpcConfig]) =>
            JSON.stringify(pipelineDefinition({ ...plain, bucket, keyArn: key, roles: stepRoles, network: vpcConfig })),
          ),
      },
      { ...child, dependsOn: store.ready },
    );
    const pipeline = new Pipeline(
      `${name}-pipeline`,
      {
        pipelineName: this.pipelineName,
        pipelineDisplayName: this.pipelineName,
        roleArn: roles.pipeline.arn,
        pipelineDefinitionS3Location: {
          bucket: definition.bucket,
          objectKey: definition.key,
          versionId: definition.versionId,
        },
      },
      // The provider reads the definition back into a property that the program does not set, and would remove it with each
      // update, which SageMaker refuses. Source: https://github.com/hashicorp/terraform-provider-aws/issues/38259
      { ...child, dependsOn: policies, ignoreChanges: ["pipelineDefinition"] },
    );
    this.bucket = store.bucket;
    this.bucketArn = store.arn;
    this.pipelineArn = pipeline.arn;
    this.registerOutputs({});
  }
}

/**
 * Name of the model package group: letters, digits and single hyphens, at most 63, in lower case as in the ARNs of its
 * packages. No model's name is part of it: another `defaultModel` would replace the group.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html
 */
export function groupName({ prefix }: Pick<Location, "prefix">): string {
  return `${prefix}-models`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/-$/, "");
}
