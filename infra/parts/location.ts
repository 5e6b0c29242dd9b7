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

/** `arn:<partition>:<service>:<region>:<account>:<resource>`. */
export function arn({ partition, region, account }: Location, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}
