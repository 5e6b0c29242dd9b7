// The instance types of a SageMaker real-time endpoint on which AWS's Triton image computes ONNX models: x86-64 processors,
// for which the image is built, with or without one of NVIDIA's GPUs.
// Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html (InstanceType), and for
// processors, disks and regions https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-regions.html, October 2026

import { nearest } from "./setting-reader";

interface Family {
  /** Separated by spaces: sizes, as in `ml.m5.large`. */
  readonly sizes: string;
  /** Its instances have disks of their own (NVMe), which they encrypt with a key in their hardware. */
  readonly localDisks?: true;
  /** Separated by spaces: where it is offered. Present for GPUs only: every region has processors. */
  readonly gpuRegions?: string;
}

const ofSixth = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge";
const ofSeventh = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge";
const ofFifth = "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge";
const ofFifthCompute = "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge";
const ofGpus = "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge";
const ofBlackwell = "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge";

const gpu = (sizes: string, gpuRegions: string): Family => ({ sizes, localDisks: true, gpuRegions });

const families: Readonly<Record<string, Family>> = {
  t2: { sizes: "medium large xlarge 2xlarge" },
  m4: { sizes: "xlarge 2xlarge 4xlarge 10xlarge 16xlarge" },
  m5: { sizes: ofFifth },
  m5d: { sizes: ofFifth, localDisks: true },
  m6i: { sizes: ofSixth },
  m7i: { sizes: ofSeventh },
  c4: { sizes: "large xlarge 2xlarge 4xlarge 8xlarge" },
  c5: { sizes: ofFifthCompute },
  c5d: { sizes: ofFifthCompute, localDisks: true },
  c6i: { sizes: ofSixth },
  c6in: { sizes: ofSixth },
  c7i: { sizes: ofSeventh },
  r5: { sizes: ofFifth },
  r5d: { sizes: ofFifth, localDisks: true },
  r6i: { sizes: ofSixth },
  r7i: { sizes: ofSeventh },
  g4dn: gpu(
    "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    `af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2
     ca-central-1 eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3 me-south-1 sa-east-1 us-east-1
     us-east-2 us-west-1 us-west-2`,
  ),
  g5: gpu(
    ofGpus,
    `ap-east-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-2 ap-southeast-3 ca-central-1 eu-central-1
     eu-north-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 sa-east-1 us-east-1 us-east-2
     us-west-2`,
  ),
  g6: gpu(
    ofGpus,
    `ap-northeast-1 ap-northeast-2 ap-south-1 ap-south-2 ap-southeast-2 ca-central-1 eu-central-1 eu-central-2
     eu-north-1 eu-south-2 eu-west-2 eu-west-3 me-central-1 sa-east-1 us-east-1 us-east-2 us-west-2`,
  ),
  g6e: gpu(
    ofGpus,
    `ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 eu-central-1 eu-north-1 eu-south-2
     me-central-1 us-east-1 us-east-2 us-west-2`,
  ),
  g7: gpu(ofBlackwell, "eu-central-1 eu-north-1 eu-south-2 us-east-1 us-east-2 us-west-2"),
  g7e: gpu(
    ofBlackwell,
    `ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-3 eu-central-1 eu-north-1 eu-south-2 eu-west-2 us-east-1
     us-east-2 us-west-2`,
  ),
  p4d: gpu(
    "24xlarge",
    `ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2
     sa-east-1 us-east-1 us-east-2 us-west-2`,
  ),
  p4de: gpu("24xlarge", "ap-northeast-1 ap-southeast-1 eu-central-1 il-central-1 us-east-1 us-west-2"),
  p5: gpu(
    "4xlarge 48xlarge",
    `ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-2 ap-southeast-3 ca-central-1 eu-north-1 eu-west-2
     sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2`,
  ),
  p5e: gpu("48xlarge", "ap-southeast-2 ap-southeast-3 eu-north-1 eu-west-2 sa-east-1 us-east-2 us-west-2"),
  p5en: gpu(
    "48xlarge",
    `ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-3 eu-north-1 eu-south-2 me-central-1 us-east-1 us-east-2
     us-west-1 us-west-2`,
  ),
  "p6-b200": gpu("48xlarge", "ap-south-1 ap-south-2 eu-north-1 eu-west-3 us-east-1 us-east-2 us-west-2"),
  "p6-b300": gpu("48xlarge", "ap-northeast-2 ap-south-2 ap-southeast-3 sa-east-1 us-east-1 us-west-2"),
};

/** Regions that the table knows: of another, nothing is said about its GPUs. */
const knownRegions: ReadonlySet<string> = new Set([
  ...Object.values(families).flatMap((family) => words(family.gpuRegions ?? "")),
  ...words("ap-southeast-4 ca-west-1"),
]);

/** Families that SageMaker knows, too, each with the reason why the engine does not run there. */
const unsuitable: readonly [pattern: RegExp, reason: string][] = [
  [
    /^(c6g|c6gd|c6gn|c7g|c8g|m6g|m6gd|m8g|r6g|r6gd|r7gd|r8g|p6e-gb200)$/,
    "has an Arm64 processor, for which the engine's image is not built",
  ],
  [/^(inf1|inf2|trn1|trn1n|trn2|dl1)$/, "has an accelerator that the engine cannot use"],
  [/^(p2|p3)$/, "has a GPU that AWS no longer offers"],
];

/** What an endpoint runs on unless its setting says otherwise, and what a fault's cure names. */
export const usualInstanceType = "ml.m5.large";

/** `ml.<family>.<size>`, all that can run the engine. */
export const endpointInstanceTypes: readonly string[] = Object.entries(families).flatMap(([family, { sizes }]) =>
  words(sizes).map((size) => `ml.${family}.${size}`),
);

/** Whether an instance type, one of `endpointInstanceTypes`, computes on a GPU. */
export function hasGpu(type: string): boolean {
  return families[familyOf(type)]?.gpuRegions !== undefined;
}

/**
 * Whether an instance type has disks of its own, which are encrypted by its hardware: an endpoint configuration's key does
 * not encrypt them, and with such a type AWS refused a configuration that names one for years.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html (KmsKeyId)
 */
export function hasLocalDisks(type: string): boolean {
  return families[familyOf(type)]?.localDisks === true;
}

/**
 * Whether an instance type saves up what it does not use: Application Auto Scaling does not take it.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html (T2)
 */
export function isBurstable(type: string): boolean {
  return familyOf(type) === "t2";
}

/** What is wrong with an instance type in a region, without the type itself, and another that can be had there. */
export interface InstanceFault {
  readonly what: string;
  readonly instead: string;
}

/** @returns `undefined`: the engine runs on it, and nothing says that the region has none */
export function instanceFault(type: string, region: string): InstanceFault | undefined {
  const family = familyOf(type);
  const reason = unsuitable.find(([pattern]) => pattern.test(family))?.[1];
  if (reason !== undefined) return { what: reason, instead: usualInstanceType };
  if (!endpointInstanceTypes.includes(type)) {
    const named = type.startsWith("ml.") ? type : `ml.${type}`;
    const ofItsFamily = endpointInstanceTypes.filter((other) => familyOf(other) === familyOf(named));
    const near = nearest(named, [...ofItsFamily, ...endpointInstanceTypes]);
    return {
      what: `is not an instance type of SageMaker's endpoints${near === undefined ? "" : `; did you mean ${near}?`}`,
      instead: near ?? usualInstanceType,
    };
  }
  if (!hasGpu(type) || !knownRegions.has(region) || offers(family, region)) return undefined;
  const other = ["g6", "g5", "g4dn", "g6e"].find((gpus) => offers(gpus, region));
  return {
    what: `has a GPU that AWS does not offer in ${region}`,
    instead: other === undefined ? usualInstanceType : `ml.${other}.xlarge`,
  };
}

function offers(family: string, region: string): boolean {
  return words(families[family]?.gpuRegions ?? "").includes(region);
}

function familyOf(type: string): string {
  return type.split(".")[1] ?? "";
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
