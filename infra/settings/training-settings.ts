// The settings of the module `sagemaker`, checked for what the service would refuse before anything is deployed.

import { imageRegions } from "./sklearn-image";
import type { SettingReader } from "./setting-reader";
import type { StackSettings } from "./stack-settings";

/**
 * Sizes of the instance types for the pipeline's jobs: with x86-64 processors, for which the wheels are built, and without
 * local disks, for which SageMaker refuses a volume's key. Training and processing offer the same sizes.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html (InstanceType, VolumeKmsKeyId)
 */
const sizes: Readonly<Record<string, readonly string[]>> = {
  t3: ["medium", "large", "xlarge", "2xlarge"],
  m4: ["xlarge", "2xlarge", "4xlarge", "10xlarge", "16xlarge"],
  m5: ["large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"],
  m6i: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"],
  m7i: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"],
  c4: ["xlarge", "2xlarge", "4xlarge", "8xlarge"],
  c5: ["xlarge", "2xlarge", "4xlarge", "9xlarge", "18xlarge"],
  c6i: ["xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"],
  c7i: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"],
  r5: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"],
  r7i: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"],
};

/** `ml.<family>.<size>`, for all sizes of these families. */
export const instanceTypes: readonly string[] = Object.entries(sizes).flatMap(([family, its]) =>
  its.map((size) => `ml.${family}.${size}`),
);

/**
 * Fields of a cron expression: minutes, hours, day of the month, month, day of the week, year. One of the two days is
 * `?`.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
const days = /(\? [\dA-Z*,/-]+ [\dA-Z*,/#-]+|[\d*,/LW-]+ [\dA-Z*,/-]+ \?)/.source;
const schedule = new RegExp(
  `^(rate\\([1-9]\\d{0,3} (hour|day)s?\\)|cron\\([\\d*,/-]+ [\\d*,/-]+ ${days} [\\d*,/-]+\\))$`,
);

export type TrainingSettings = Readonly<ReturnType<typeof readTrainingSettings>>;

export function readTrainingSettings(read: SettingReader) {
  const instance = (key: string) =>
    read.oneOf(key, instanceTypes, "an x86-64 SageMaker instance type without local disks", "ml.m5.large");
  return {
    sagemaker: read.boolean("sagemaker"),
    trainingInstanceType: instance("trainingInstanceType"),
    processingInstanceType: instance("processingInstanceType"),
    /** Accuracy, in percent, below which a model is not registered. */
    accuracyThreshold: read.integer("accuracyThreshold", 1, 100),
    modelApproval: read.choice("modelApproval", ["manual", "automatic"]),
    /** Percentage of the requests that a newly published model gets until it is promoted; 100: all, without a canary. */
    canaryPercent: read.integer("canaryPercent", 1, 100),
    /** `rate(…)` or `cron(…)`, in UTC; empty: the pipeline runs only when someone starts it. */
    trainingSchedule: read.optional("trainingSchedule", schedule, "rate(<n> days) or cron(…)", "'rate(7 days)'"),
    /** Digest of the container image, `sha256:…`; empty: whatever AWS's tag names when a job starts. */
    trainingImageDigest: read.optional(
      "trainingImageDigest",
      /^sha256:[0-9a-f]{64}$/,
      "an image's digest",
      "sha256:<64 hex digits>",
    ),
  };
}

/** Adds an error if the module is on in a region that does not have the image. */
export function checkTraining(
  settings: TrainingSettings & Pick<StackSettings, "awsRegion">,
  read: SettingReader,
): void {
  if (settings.sagemaker && !imageRegions.has(settings.awsRegion)) {
    read.invalid("awsRegion", "has no AWS scikit-learn image, which the module sagemaker needs", "us-east-1");
  }
}
