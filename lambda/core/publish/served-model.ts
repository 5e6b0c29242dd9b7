// Which model serves a request: the bundled one, the live published one, or its predecessor.

import type { LivePointer } from "../../../contract";
import { Failure } from "../failure";
import { chosen, isCanary } from "./live-pointer";
import { type PinnedModel, versionOf } from "./pinned-model";
import type { Model } from "../tensor/signature";

/** The pointer and its models; `null`: the bundled model, or one that gets no requests and is not loaded. */
export interface LiveModel {
  readonly pointer: LivePointer;
  readonly digest: Model | null;
  readonly previous: Model | null;
}

export interface Served {
  /** `null`: the bundled model. */
  readonly model: Model | null;
  /** Which of the two models this is, while requests are split with a canary. */
  readonly variant?: "canary" | "stable";
}

/**
 * @param version requested version; undefined: any that is served
 * @param roll random number, 0 ≤ roll < 100; decides who gets the canary if no version is requested
 * @throws Failure `unknown-version`
 */
export function servedModel(
  pinned: PinnedModel,
  published: LiveModel | undefined,
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
  const requested =
    version === undefined ? undefined : either.find((each) => versionIn(published[each], pinned) === version);
  if (version !== undefined && requested === undefined) {
    throw unknownVersion(either.map((each) => versionIn(published[each], pinned)));
  }
  const which = requested ?? chosen(pointer, roll);
  if (!isCanary(pointer)) return { model: published[which] };
  return { model: published[which], variant: which === "digest" ? "canary" : "stable" };
}

/**
 * While an endpoint is updated, another version may answer than the one that is pinned, and that the path may name.
 * @param version requested version; undefined: any
 * @throws Failure `model-unavailable` if another one answered
 */
export function requireAnswered(version: string | undefined, answered: string): void {
  if (version === undefined || version === answered) return;
  throw new Failure("model-unavailable", "its endpoint is being updated", { headers: { "Retry-After": "10" } });
}

function versionIn(model: Model | null, pinned: PinnedModel): string {
  return model?.version ?? versionOf(pinned);
}

function unknownVersion(versions: readonly string[]): Failure {
  const list = [...new Set(versions)];
  return new Failure("unknown-version", `version ${list.join(" and ")} is served`);
}
