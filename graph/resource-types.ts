// The one table of the resource types that the program creates, or that a test adds to it. A new type gets one row, in the
// file of its service; `test/infra/resource-types.json` says which module creates it.

import { acm } from "./types/acm";
import { apiGateway } from "./types/api-gateway";
import { apiGatewayV2 } from "./types/api-gateway-v2";
import { applicationAutoScaling } from "./types/application-auto-scaling";
import { auth0 } from "./types/auth0";
import { cloudwatch } from "./types/cloudwatch";
import { cognito } from "./types/cognito";
import { ec2 } from "./types/ec2";
import { googleCloud } from "./types/google-cloud";
import { iam } from "./types/iam";
import { kms } from "./types/kms";
import { lambda } from "./types/lambda";
import { route53 } from "./types/route53";
import { s3 } from "./types/s3";
import { sagemaker } from "./types/sagemaker";
import { scheduler } from "./types/scheduler";
import { secretsManager } from "./types/secrets-manager";
import { sns } from "./types/sns";
import { wafv2 } from "./types/wafv2";
import type { ResourceTypes } from "./types/resource-type";

export const resourceTypes: ResourceTypes = {
  ...acm,
  ...apiGateway,
  ...apiGatewayV2,
  ...applicationAutoScaling,
  ...auth0,
  ...cloudwatch,
  ...cognito,
  ...ec2,
  ...googleCloud,
  ...iam,
  ...kms,
  ...lambda,
  ...route53,
  ...s3,
  ...sagemaker,
  ...scheduler,
  ...secretsManager,
  ...sns,
  ...wafv2,
};

/** Whether a change at this property path (`code`, `tags.Name`) replaces the resource; false for unknown types. */
export function replaces(type: string, path: string): boolean {
  const property = /^[\w$]+/.exec(path)?.[0];
  return property !== undefined && resourceTypes[type]?.replaceOnChanges.includes(property) === true;
}

/** URL of the type's reference page: `https://www.pulumi.com/registry/packages/aws/api-docs/lambda/alias/`. */
export function documentation(type: string): string {
  const [packageName, module, resource] = type.split(":") as [string, string, string];
  const folder = module.split("/")[0]!;
  const path = folder === "index" ? resource : `${folder}/${resource}`;
  return `https://www.pulumi.com/registry/packages/${packageName}/api-docs/${path.toLowerCase()}/`;
}
