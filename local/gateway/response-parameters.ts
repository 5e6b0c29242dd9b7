// Headers of gateway responses: `gatewayresponse.header.<Name>` from a quoted text, from the request or from `$context`.

import { header } from "./call";
import { contextVariable } from "./context-variables";
import type { Exchange } from "./exchange";
import { isHeaderText } from "./header-syntax";
import { parseQuery } from "./request-target";

/** Gives a header; `undefined` where its source has no value, or none that can stand in a header. */
export type HeaderGetter = (exchange: Exchange) => [name: string, value: string] | undefined;

const target = /^gatewayresponse\.header\.([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/;
/** These frame the message; a document that sets them would let two readers disagree where it ends. */
const framing = /^(?:content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade)$/i;

/** @throws Error naming what is not understood */
export function compileParameters(parameters: Readonly<Record<string, string>>): HeaderGetter[] {
  return Object.entries(parameters).map(([key, source]) => {
    const name = target.exec(key)?.[1];
    if (name === undefined || framing.test(name)) throw new Error(`sets ${key}, which is not a header that it may set`);
    const get = compileSource(source);
    if (!get) throw new Error(`sets ${key} from a source that the local gateway does not know`);
    return (exchange) => {
      const value = get(exchange);
      // A query value may decode to a line break, and would write headers of its own.
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
