// The account, region and partition of a stack, and how its names and ARNs are composed: plain values, so that a
// preview knows them.

/** The account, region and name prefix of a stack. */
export interface Location {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  /** `<project>-<stack>`: prefix of every physical name that another system must know. */
  readonly prefix: string;
}

/** Partition of a region. Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}

/** `arn:<partition>:<service>:<region>:<account>:<resource>`. */
export function arn({ partition, region, account }: Location, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** Domain suffix of the region's endpoints. */
export function dnsSuffix({ partition }: Location): string {
  return partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}
