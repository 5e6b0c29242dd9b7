// The settings of the module `sagemaker`, checked for what the service would refuse before anything is deployed.

import { instanceTypes } from "./instance-types";
import { imageRegions } from "./sklearn-image";
import type { SettingReader } from "./setting-reader";

export const modelApprovals = ["manual", "automatic"] as const;

export interface TrainingSettings {
  readonly trainingInstanceType: string;
  readonly processingInstanceType: string;
  /** Accuracy, in percent, below which a model is not registered. */
  readonly accuracyThreshold: number;
  readonly modelApproval: (typeof modelApprovals)[number];
  /** Percentage of the requests that a newly published model gets until it is promoted; 100: all, without a canary. */
  readonly canaryPercent: number;
  /** `rate(…)` or `cron(…)`, in UTC; empty: the pipeline runs only when someone starts it. */
  readonly trainingSchedule: string;
  /** Digest of the container image, `sha256:…`; empty: whatever AWS's tag names when a job starts. */
  readonly trainingImageDigest: string;
}

/**
 * Fields of a cron expression: minutes, hours, day of the month, month, day of the week, year. One of the two days is
 * `?`.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
const days = /(\? [\dA-Z*,/-]+ [\dA-Z*,/#-]+|[\d*,/LW-]+ [\dA-Z*,/-]+ \?)/.source;
const schedule = new RegExp(
  `^(rate\\([1-9]\\d{0,3} (hour|day)s?\\)|cron\\([\\d*,/-]+ [\\d*,/-]+ ${days} [\\d*,/-]+\\))$`,
);

export function readTrainingSettings(read: SettingReader): TrainingSettings {
  const instance = (key: string) =>
    read.oneOf(key, instanceTypes, "an x86-64 SageMaker instance type without local disks", "ml.m5.large");
  return {
    trainingInstanceType: instance("trainingInstanceType"),
    processingInstanceType: instance("processingInstanceType"),
    accuracyThreshold: read.integer("accuracyThreshold", 1, 100),
    modelApproval: read.choice("modelApproval", modelApprovals),
    canaryPercent: read.integer("canaryPercent", 1, 100),
    trainingSchedule: read.optional("trainingSchedule", schedule, "rate(<n> days) or cron(…)", "'rate(7 days)'"),
    trainingImageDigest: read.optional(
      "trainingImageDigest",
      /^sha256:[0-9a-f]{64}$/,
      "an image's digest",
      "sha256:<64 hex digits>",
    ),
  };
}

/** Adds a fault if the module is on in a region that does not have the image. */
export function checkTraining(
  settings: { readonly sagemaker: boolean; readonly awsRegion: string },
  read: SettingReader,
): void {
  if (settings.sagemaker && !imageRegions.has(settings.awsRegion)) {
    read.cured("awsRegion", "has no AWS scikit-learn image, which the module sagemaker needs", "us-east-1");
  }
}
