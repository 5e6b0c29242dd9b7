// With `*`, any web page that a user opens may call the API with whatever that user's browser can reach.

import { httpApiType, restApiType } from "../../../graph/openapi";
import { documentOf } from "../../queries/operations";
import { at, texts } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

export const browsersComeFromANamedOrigin: Rule = {
  name: "browsers-come-from-a-named-origin",
  description: "CORS names the origins whose pages may call, never every origin.",
  severity: "medium",
  controls: ["API8"],
  types: [restApiType, httpApiType],
  check: (api) => {
    const document = documentOf(api);
    const cors = [document["x-amazon-apigateway-cors"], api.inputs.corsConfiguration];
    const origins = [...cors.flatMap((settings) => texts(at(settings, "allowOrigins"))), ...headerOrigins(document)];
    if (origins.length === 0) return undefined;
    return origins.some((origin) => origin.includes("*") || origin === "null" || origin.includes("$"))
      ? [violation("Access-Control-Allow-Origin is everybody, or what the caller says")]
      : [];
  },
};

/** What a mapping template sets the header to: `#set($context.responseOverride.header.… = …)`. */
const override = /\.header\.access-control-allow-origin\s*=\s*([^)]*)/gi;

/**
 * All values that the document sets for the header, in integrations, their templates and gateway responses; static values are quoted.
 */
function headerOrigins(value: unknown): string[] {
  if (typeof value === "string") return [...value.matchAll(override)].map(([, set]) => set!);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) =>
    /header\.access-control-allow-origin$/i.test(key) && typeof item === "string"
      ? [item.startsWith("'") ? item.slice(1, -1) : `$${item}`]
      : headerOrigins(item),
  );
}
