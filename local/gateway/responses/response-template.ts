// Body templates of gateway responses: text with `$context.*` and `$stageVariables.*`, without other VTL constructs.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html

import { contextVariable, type Getter } from "../request/context-variables";
import type { Exchange } from "../request/exchange";

export type Template = (exchange: Exchange) => string;

const variable = /(\$(?:context|stageVariables)\.[A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*)/;
const directive = /#(?:set|if|else|elseif|end|foreach|macro|parse|include|evaluate|\*|#|\[\[)|\$[A-Za-z{!]/;

/**
 * Compiles a JSON template. Values are escaped for use inside a JSON string, whatever a caller put into path or
 * headers; only `$context.error.messageString` includes its own quotes.
 * @throws Error naming the construct that is not supported
 */
export function compileTemplate(template: string): Template {
  const parts = template.split(variable).map((part): string | Getter => {
    if (!variable.test(part)) {
      if (directive.test(part)) throw new Error("has a template construct other than $context.* and $stageVariables.*");
      return part;
    }
    if (part.startsWith("$stageVariables.")) {
      const name = part.slice("$stageVariables.".length);
      return ({ stageVariables }) => jsonText(stageVariables?.[name]);
    }
    const name = part.slice("$context.".length);
    const getter = contextVariable(name);
    if (!getter) throw new Error(`reads $context.${name}, which the local gateway does not know`);
    return name === "error.messageString" ? getter : (exchange) => jsonText(getter(exchange));
  });
  return (exchange) => parts.map((part) => (typeof part === "string" ? part : (part(exchange) ?? "null"))).join("");
}

function jsonText(value: string | undefined): string {
  return value === undefined ? "" : JSON.stringify(value).slice(1, -1);
}
