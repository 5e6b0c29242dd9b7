// The one mapping template that the MOCK integration runs: it answers a preflight of a listed origin by that origin, and others with
// no origin at all. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html

import { header } from "../../server/api-request";
import { parseRestQuery } from "../../server/request-target";
import type { Exchange } from "../request/exchange";

const start = '#set($origin=$input.params("Origin"))#if($origin=="")#set($origin=$input.params("origin"))#end#if';
const branch =
  /^\(\$origin=="([^"\\$#]+)"\)#set\(\$context\.responseOverride\.header\.Access-Control-Allow-Origin="([^"\\$#]+)"\)$/;

export type OriginTemplate = (exchange: Exchange) => string | undefined;

/** The origin that the template lets the answer name; `undefined` for any other template. */
export function originTemplate(template: string): OriginTemplate | undefined {
  if (!template.startsWith(start) || !template.endsWith("#end")) return undefined;
  const branches = template
    .slice(start.length, -"#end".length)
    .split("#elseif")
    .map((text) => branch.exec(text));
  if (branches.some((found) => found === null)) return undefined;
  const answers = new Map(branches.map((found) => [found![1]!, found![2]!]));
  return (exchange) => answers.get(parameter(exchange, "Origin") || parameter(exchange, "origin"));
}

/**
 * `$input.params(name)`: "a method request parameter from the path, query string, or header value (searched in that order)".
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
function parameter({ request }: Exchange, name: string): string {
  const query = parseRestQuery(request.rawQuery).find(([key]) => key === name)?.[1];
  return request.pathParameters[name] ?? query ?? header(request, name) ?? "";
}
