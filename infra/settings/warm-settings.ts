// The settings of the model function's warm capacity (provisioned concurrency), checked against what it may use at all.

import type { SettingReader } from "./setting-reader";
import type { StackSettings } from "./stack-settings";

/** Environments kept initialised. */
export interface Warmth {
  readonly least: number;
  readonly most: number;
  /** In UTC, `from` and `to` as hours of a day; absent: always. */
  readonly hours: { readonly days: "*" | "MON-FRI"; readonly from: number; readonly to: number } | undefined;
}

const hoursPattern = /^(MON-FRI )?([01]?\d|2[0-3])-([01]?\d|2[0-3])$/;

export type WarmSettings = Readonly<ReturnType<typeof readWarmSettings>>;

export function readWarmSettings(read: SettingReader) {
  return {
    modelWarm: read.integer("modelWarm", 0, 10_000),
    modelWarmMost: read.integer("modelWarmMost", 0, 10_000),
    modelWarmHours: read.optional("modelWarmHours", hoursPattern, "hours of a day in UTC", "'MON-FRI 6-18'"),
  };
}

/** @returns `undefined`: none is kept warm */
export function warmthOf({ modelWarm, modelWarmMost, modelWarmHours }: WarmSettings): Warmth | undefined {
  if (modelWarm === 0) return undefined;
  const [, days, from, to] = hoursPattern.exec(modelWarmHours) ?? [];
  const hours =
    from === undefined
      ? undefined
      : ({ days: days === undefined ? "*" : "MON-FRI", from: Number(from), to: Number(to) } as const);
  return { least: modelWarm, most: Math.max(modelWarm, modelWarmMost), hours };
}

/** Adds an error for each setting without effect, and for more warm environments than the function may use. */
export function checkWarm(settings: WarmSettings & Pick<StackSettings, "modelConcurrency">, read: SettingReader): void {
  const { modelWarm, modelWarmMost, modelConcurrency } = settings;
  if (modelWarm === 0) {
    for (const key of ["modelWarmMost", "modelWarmHours"] as const)
      if (settings[key] !== 0 && settings[key] !== "")
        read.error(key, "has no effect without modelWarm", "pulumi config set modelWarm 1");
    return;
  }
  if (modelWarmMost !== 0 && modelWarmMost < modelWarm)
    read.invalid("modelWarmMost", "is less than modelWarm", String(modelWarm));
  const { most, hours } = warmthOf(settings)!;
  if (hours !== undefined && hours.from >= hours.to)
    read.invalid("modelWarmHours", "do not end after they begin, on the same day", "'MON-FRI 6-18'");
  // Source: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html (not above the reserved)
  if (modelConcurrency > 0 && most > modelConcurrency)
    read.invalid(
      most > modelWarm ? "modelWarmMost" : "modelWarm",
      `is more than the ${modelConcurrency} executions that modelConcurrency reserves`,
      String(modelConcurrency),
    );
}
