// Publishing: the bucket of the published models, and the only function that writes to it. Guarantees: nobody else
// writes, not even an administrator by mistake; an approved model goes live automatically, and a failing canary is
// rolled back automatically.

import { EventRule, EventTarget } from "@pulumi/aws/cloudwatch";
import { RolePolicy } from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { environment } from "../../../contract";
import { bundle } from "../../base/bundle";
import type { CodeStore } from "../../base/code-store";
import { onlyPublisherWrites } from "../../base/policy-statements";
import { arn, type Location } from "../../base/location";
import { PrivateBucket } from "../../base/private-bucket";
import { ServerlessFunction } from "../../function/function";
import { canaryAlarm } from "./canary-alarm";
import { publisherPolicy } from "./publisher-policy";

export interface PublicationArgs {
  readonly location: Location;
  readonly codeStore: CodeStore;
  /** Layer with the inference library: a model that cannot be loaded is not published. */
  readonly nativeLibrary: pulumi.Input<string>;
  /** Key of the function and of the published models. */
  readonly keyArn: pulumi.Input<string>;
  /** Key of the training bucket. */
  readonly trainingKeyArn: pulumi.Input<string>;
  readonly trainingBucket: pulumi.Input<string>;
  readonly trainingBucketArn: pulumi.Input<string>;
  readonly group: string;
  /** Topic that is notified when a canary is rolled back. */
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly settings: {
    readonly protectData: boolean;
    readonly defaultModel: string;
    readonly canaryPercent: number;
    readonly modelMemory: number;
    readonly modelConcurrency: number;
  };
}

export class Publication extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  readonly publisher: ServerlessFunction;

  constructor(name: string, args: PublicationArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Publication", name, {}, options);
    const { location, group, settings } = args;
    const child = { parent: this };
    const role = "publisher";
    const alarmName = `${location.prefix}-canary-errors`;
    const publisherArn = arn(location, "lambda", `function:${location.prefix}-${role}`);
    const store = new PrivateBucket(
      `${name}-models`,
      {
        protect: settings.protectData,
        keyArn: args.keyArn,
        logsTo: args.codeStore.accessLogs,
        statements: (bucketArn) =>
          this.publisher.role.arn.apply((role) => [onlyPublisherWrites(bucketArn, role, settings.protectData)]),
      },
      child,
    );
    this.publisher = new ServerlessFunction(
      `${name}-${role}`,
      {
        location,
        role,
        handler: "publisher.handler",
        code: args.codeStore.upload(`${name}-code`, bundle("publisher"), this),
        layers: [args.nativeLibrary],
        environment: {
          [environment.modelsBucket]: store.bucket,
          [environment.trainingBucket]: args.trainingBucket,
          [environment.publishedModel]: settings.defaultModel,
          [environment.modelPackageGroup]: group,
          [environment.canaryPercent]: String(settings.canaryPercent),
          [environment.canaryAlarm]: alarmName,
        },
        keyArn: args.keyArn,
        joinsNetworks: false,
        // Enough to hold the archive, its content and the loaded model at once.
        memory: Math.max(1769, settings.modelMemory),
        timeout: 180,
        // One change at a time. If the account allows no reservation, the conditional writes of the pointer suffice.
        ...(settings.modelConcurrency > 0 ? { concurrency: 1 } : {}),
      },
      child,
    );
    new RolePolicy(
      `${name}-${role}-publishing`,
      {
        role: this.publisher.role.name,
        policy: pulumi
          .all([store.arn, args.keyArn, args.trainingBucketArn, args.trainingKeyArn])
          .apply(([bucketArn, keyArn, trainingBucketArn, trainingKeyArn]) =>
            JSON.stringify(
              publisherPolicy({ location, group, publisherArn, bucketArn, keyArn, trainingBucketArn, trainingKeyArn }),
            ),
          ),
      },
      child,
    );
    this.onApproval(name, group);
    const { publisher } = this;
    canaryAlarm(
      name,
      { location, alarmName, model: settings.defaultModel, publisher, topicArn: args.alarmTopicArn },
      this,
    );
    this.bucket = store.bucket;
    this.bucketArn = store.arn;
    this.registerOutputs({ bucket: this.bucket });
  }

  private onApproval(name: string, group: string): void {
    const rule = new EventRule(
      `${name}-approved`,
      {
        description: "A model package was approved: publish it",
        eventPattern: JSON.stringify(approval(group)),
      },
      { parent: this },
    );
    const allowed = this.publisher.allow(`${name}-approved-permission`, "events.amazonaws.com", rule.arn, this);
    new EventTarget(
      `${name}-approved-target`,
      {
        rule: rule.name,
        arn: this.publisher.aliasArn,
        retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      },
      { parent: this, dependsOn: [allowed] },
    );
  }
}

/**
 * Matches only approvals in this group: SageMaker sends an event for every new package as well.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function approval(group: string): object {
  return {
    source: ["aws.sagemaker"],
    "detail-type": ["SageMaker Model Package State Change"],
    detail: { ModelPackageGroupName: [group], ModelApprovalStatus: ["Approved"] },
  };
}
