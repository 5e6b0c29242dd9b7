// The table of the resources that decide who may call an API or what answers: what becomes of each, and of its properties.

import { callerResources } from "./caller-resources";
import { functionResources } from "./function-resources";
import { httpResources } from "./http/resource-coverage";
import type { ResourceRule } from "./resource-rule";
import { restResources } from "./rest-resources";

/** Properties of any resource that decide nothing. */
export const everywhere: ReadonlySet<string> = new Set(["description", "name", "region", "tags", "tagsAll"]);

/** What is not in the table stops the start if it is of one of these. */
export const families: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern:
      /^aws:(?:apigateway|apigatewayv2|cognito|lambda|wafv2|waf|wafregional|cloudfront|verifiedpermissions|verifiedaccess)\//,
    why: "may decide who can call or what answers, and is not known to the local gateway",
  },
  {
    // The same services through another provider or component package, whose children a graph may not show.
    pattern:
      /^(?:aws-apigateway:|awsx:.*(?:apigateway|cognito|lambda)|aws-native:(?:apigateway|apigatewayv2|cognito|lambda|wafv2):)/,
    why: "is of another provider than aws, and is not known to the local gateway",
  },
];

export const resources: Readonly<Record<string, ResourceRule>> = {
  ...restResources,
  ...httpResources,
  ...functionResources,
  ...callerResources,
};
