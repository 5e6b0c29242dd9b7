// The account, region and partition of a stack, and how its ARNs, hosts and service principals are composed: plain
// values, so that a preview knows them. What differs between partitions stands here, and is tested region by region.

import { dnsSuffix } from "../../contract";

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

/** Private subnets and security groups that training jobs run in. */
export interface VpcConfig {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/**
 * Regions of the three partitions above. Those of the isolated clouds (`us-iso-…`) and of the European one (`eusc-…`) have
 * ARNs and hosts of their own.
 */
export const regionPattern = /^(?![a-z]{2}-iso)[a-z]{2}(-[a-z]+)+-\d$/;

/** `arn:<partition>:<service>:<region>:<account>:<resource>`. */
export function arn({ partition, region, account }: Location, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/**
 * Service principal of CloudWatch Logs, which unlike other services' names the region, and in China the suffix too.
 * Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html (the region),
 * https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/region-info/lib/default.ts (the suffix)
 */
export function logsPrincipal(region: string): string {
  return `logs.${region}.${dnsSuffix(region)}`;
}

/**
 * Host of a user pool's prefix domain. In GovCloud, Cognito answers at FIPS endpoints alone.
 * Source: https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 */
export function poolDomainHost(domain: string, region: string): string {
  return `${domain}.${region.startsWith("us-gov-") ? "auth-fips" : "auth"}.${region}.amazoncognito.com`;
}

/**
 * Name of a service's interface endpoint. In China, the names of some begin with `cn.`, `monitoring` among them.
 * Source: `aws ec2 describe-vpc-endpoint-services`
 */
export function endpointService(region: string, service: string): string {
  return `${region.startsWith("cn-") && service === "monitoring" ? "cn." : ""}com.amazonaws.${region}.${service}`;
}
