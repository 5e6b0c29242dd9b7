// What does not matter for security, and why: the mutants of these properties are not counted. Decided by what a property does, never
// by who notices it. Reviewed by hand: a row that is too wide hides a hole.

import { compute } from "./irrelevant/compute";
import { requests } from "./irrelevant/requests";
import type { Irrelevant } from "./irrelevant/row";
import { storage } from "./irrelevant/storage";
import { watching } from "./irrelevant/watching";
import type { Mutant } from "./mutants";
import { requiredOf } from "./required";

const any = /./;

/** Of every type. */
const general: readonly Irrelevant[] = [
  {
    type: any,
    path: /(^|\.)(description|alarmDescription|modelPackageGroupDescription|scopeDescription|summary)$/,
    why: "a text for people",
  },
  {
    type: any,
    path: /^(tags|tagsAll|defaultLabels)\b/,
    why: "a label; resources-are-tagged asks for the tags that mean something",
  },
  {
    type: any,
    path: /(^|\.)Version$/,
    why: "without it a policy is read by the older language, in which variables are letters: an Allow allows less",
  },
  {
    type: any,
    kinds: /^reference$/,
    path: /^(?!.*([bB]ucket|versionId|ObjectVersion|truststoreVersion))/,
    why: "it names what does not exist: the deployment, or the call, fails",
  },
  {
    type: any,
    kinds: /^unset$/,
    path: /^(?!.*(blockPublic|ignorePublic|restrictPublic))/,
    why: "off is what AWS, Auth0 and Google take where nothing is said",
  },
  {
    type: any,
    path: /(^|\.)(maximumRetryAttempts|maximumEventAgeInSeconds|retryPolicy)$/,
    why: "how often a delivery is tried again",
  },
];

const rows = [...general, ...requests, ...compute, ...storage, ...watching];

/** The row that says why a mutant does not matter; `undefined` if it matters. */
export function irrelevance({ type, name, path, kind }: Mutant): string | undefined {
  if (kind === "deleted" && requiredOf(type).has(path)) return "the provider demands it";
  return rows.find(
    (row) =>
      row.type.test(type) &&
      (row.path?.test(path) ?? true) &&
      (row.kinds?.test(kind) ?? true) &&
      (row.name?.test(name) ?? true),
  )?.why;
}
