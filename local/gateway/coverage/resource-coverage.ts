// Coverage rules for all resources that decide who may call an API or what answers, and for their properties.

import { callerResources } from "./caller-resources";
import { functionResources } from "./function-resources";
import { httpResources } from "./http-api-resources";
import type { ResourceRule } from "./resource-rule";
import { restResources } from "./rest-resources";

/** Properties that are irrelevant in any resource. */
export const everywhere: ReadonlySet<string> = new Set(["description", "name", "region", "tags", "tagsAll"]);

/** Resource types that stop the start unless the table lists them. */
export const families: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern:
      /^aws:(?:apigateway|apigatewayv2|cognito|lambda|wafv2|waf|wafregional|cloudfront|verifiedpermissions|verifiedaccess)\//,
    why: "may decide who can call or what answers, and is not known to the local gateway",
  },
  {
    // The same services through another provider or component package, whose children may be missing from the graph.
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
