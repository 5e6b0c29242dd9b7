// Which model answers a request: the one shipped with the code, the one that is live, or the one before it.

import type { LivePointer } from "../../contract";
import { Failure } from "./failure";
import { chosen, isCanary } from "./live-pointer";
import { type PinnedModel, versionOf } from "./pinned-model";
import type { Model } from "./signature";

/** What was published, as far as it gets requests; `null` stands for the model that the code ships with. */
export interface Published {
  readonly pointer: LivePointer;
  readonly digest: Model | null;
  readonly previous: Model | null;
}

export interface Served {
  /** `null`: the model that the code ships with. */
  readonly model: Model | null;
  /** Set while a canary gets a share: which of the two this is. */
  readonly variant?: "canary" | "stable";
}

/**
 * @param version as the request asks for it; undefined: whichever is served
 * @param roll 0 up to, not including, 100: who gets the canary
 * @throws Failure `unknown-version`
 */
export function servedModel(
  pinned: PinnedModel,
  published: Published | undefined,
  version: string | undefined,
  roll: number,
): Served {
  if (published === undefined) {
    if (version !== undefined && version !== versionOf(pinned)) throw unknownVersion([versionOf(pinned)]);
    return { model: null };
  }
  const { pointer } = published;
  const gets = { digest: pointer.canaryPercent > 0, previous: pointer.canaryPercent < 100 };
  const either = (["digest", "previous"] as const).filter((each) => gets[each]);
  const asked =
    version === undefined ? undefined : either.find((each) => versionIn(published[each], pinned) === version);
  if (version !== undefined && asked === undefined) {
    throw unknownVersion(either.map((each) => versionIn(published[each], pinned)));
  }
  const which = asked ?? chosen(pointer, roll);
  if (!isCanary(pointer)) return { model: published[which] };
  return { model: published[which], variant: which === "digest" ? "canary" : "stable" };
}

function versionIn(model: Model | null, pinned: PinnedModel): string {
  return model?.version ?? versionOf(pinned);
}

function unknownVersion(versions: readonly string[]): Failure {
  const list = [...new Set(versions)];
  return new Failure("unknown-version", `version ${list.join(" and ")} is served`);
}
