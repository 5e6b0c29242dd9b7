// A cached response is data at rest.

import { restStageType } from "../../../graph/openapi";
import { at } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { methodSettings } from "../../queries/stages";

export const stageCacheIsEncrypted: Rule = {
  name: "stage-cache-is-encrypted",
  description: "A REST stage's cache is encrypted.",
  severity: "medium",
  controls: ["APIGateway.5"],
  types: [restStageType],
  check: (stage, view) => {
    const settings = methodSettings(stage, view).map(({ inputs }) => inputs.settings);
    if (settings.length === 0) return undefined;
    return unmet({
      "cachingEnabled without cacheDataEncrypted": settings.every(
        (item) => at(item, "cachingEnabled") !== true || at(item, "cacheDataEncrypted") === true,
      ),
    });
  },
};
