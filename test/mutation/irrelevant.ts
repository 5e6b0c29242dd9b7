// What does not matter for security, and why: the mutants of these properties are not counted. Decided by what a property does, never
// by who notices it. Reviewed by hand: a row that is too wide hides a hole.

import { ofServices } from "./irrelevant-by-service";
import type { Mutant } from "./mutants";
import { requiredOf } from "./required";

/** A row: what it covers, and why that does not matter. */
export interface Irrelevant {
  /** Matched against the type token. */
  readonly type: RegExp;
  /** Matched against the path of the property within the resource; absent: any, and the resource itself. */
  readonly path?: RegExp;
  /** Kinds of mutants; absent: all. */
  readonly kinds?: RegExp;
  /** Matched against the resource's logical name; absent: any. */
  readonly name?: RegExp;
  readonly why: string;
}

const any = /./;

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

/** The row that says why a mutant does not matter; `undefined` if it matters. */
export function irrelevance({ type, name, path, kind }: Mutant): string | undefined {
  if (kind === "deleted" && requiredOf(type).has(path)) return "the provider demands it";
  return [...general, ...ofServices].find(
    (row) =>
      row.type.test(type) &&
      (row.path?.test(path) ?? true) &&
      (row.kinds?.test(kind) ?? true) &&
      (row.name?.test(name) ?? true),
  )?.why;
}
