// Headers of gateway responses: `gatewayresponse.header.<Name>` from a quoted constant, the request or `$context`.

import { header } from "../../server/call";
import { contextVariable } from "../request/context-variables";
import type { Exchange } from "../request/exchange";
import { isHeaderText } from "../../server/header-syntax";
import { parseQuery } from "../../server/request-target";

/** Returns a header; `undefined` if its source has no value, or one that is not valid in a header. */
export type HeaderGetter = (exchange: Exchange) => [name: string, value: string] | undefined;

const target = /^gatewayresponse\.header\.([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/;
/** Headers that frame the message: if a document set them, two readers could disagree about where it ends. */
const framing = /^(?:content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade)$/i;

/** @throws Error naming the parameter that is not supported */
export function compileParameters(parameters: Readonly<Record<string, string>>): HeaderGetter[] {
  return Object.entries(parameters).map(([key, source]) => {
    const name = target.exec(key)?.[1];
    if (name === undefined || framing.test(name)) throw new Error(`sets ${key}, which is not a header that it may set`);
    const get = compileSource(source);
    if (!get) throw new Error(`sets ${key} from a source that the local gateway does not know`);
    return (exchange) => {
      const value = get(exchange);
      // A query value may decode to a line break, which would add headers (response splitting).
      return value === undefined || !isHeaderText(value) ? undefined : [name, value];
    };
  });
}

function compileSource(source: string): ((exchange: Exchange) => string | undefined) | undefined {
  const fixed = /^'([^'\r\n]*)'$/.exec(source)?.[1];
  if (fixed !== undefined) return isHeaderText(fixed) ? () => fixed : undefined;
  const [, place, name] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(source) ?? [];
  if (place === "header") return ({ call }) => header(call, name!);
  if (place === "querystring") return ({ call }) => parseQuery(call.rawQuery).find(([key]) => key === name)?.[1];
  if (place === "path") return ({ call }) => call.pathParameters[name!];
  const variable = /^context\.(.+)$/.exec(source)?.[1];
  return variable === undefined ? undefined : contextVariable(variable);
}
