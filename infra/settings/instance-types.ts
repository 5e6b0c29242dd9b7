// Instance types for the pipeline's jobs: with x86-64 processors, for which the wheels are built, and without local
// disks, for which SageMaker refuses a volume's key. Training and processing offer the same sizes.
// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html (InstanceType, VolumeKmsKeyId)

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
