// Exceptions to rules, read from YAML: which rule, which resource, why, and until when. Expired ones no longer apply.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { list, record, text } from "./queries/read";

export interface Exception {
  readonly rule: string;
  /** `<type>::<name>` of the resource; `*` matches any characters but `:`. */
  readonly resource: string;
  /** The finding's `about`; absent: any. */
  readonly about?: string;
  /** Name of the stack; absent: every stack. */
  readonly stack?: string;
  /** At least 20 characters. */
  readonly reason: string;
  /** First day on which it no longer applies, `YYYY-MM-DD` (UTC), at most two years ahead: it must be reviewed before. */
  readonly review: string;
}

export const exceptionsFile = join(__dirname, "exceptions.yaml");

/** Reads the exceptions. @throws Error naming the entry and its field that is missing, invalid or unknown */
export function readExceptions(file = exceptionsFile): Exception[] {
  return entriesOf(file).map((item, index) => {
    const entry = record(item);
    const known = ["rule", "resource", "about", "stack", "reason", "review"];
    const fault =
      known.slice(0, 2).find((key) => text(entry[key]) === "") ??
      (text(entry.reason).length < 20 ? "reason (a sentence)" : undefined) ??
      (isDay(text(entry.review)) ? undefined : "review (YYYY-MM-DD)") ??
      (text(entry.review) <= latestReview() ? undefined : "review (more than two years ahead)") ??
      Object.keys(entry).find((key) => !known.includes(key));
    if (fault !== undefined) throw new Error(`exceptions.yaml, entry ${index + 1}: ${fault}`);
    return {
      rule: text(entry.rule),
      resource: text(entry.resource),
      ...(entry.about === undefined ? {} : { about: text(entry.about) }),
      ...(entry.stack === undefined ? {} : { stack: text(entry.stack) }),
      reason: text(entry.reason).trim(),
      review: text(entry.review),
    };
  });
}

/** What a file held when it was read last: parsing it takes as long as applying the rules to a graph. */
let parsed: { readonly text: string; readonly entries: readonly unknown[] } | undefined;

function entriesOf(file: string): readonly unknown[] {
  const content = readFileSync(file, "utf8");
  if (parsed?.text !== content) parsed = { text: content, entries: list(parse(content)) };
  return parsed.entries;
}

/** Whether an exception matches a finding, regardless of its date. */
export function covers(
  exception: Exception,
  finding: { readonly rule: string; readonly resource: string; readonly about: string },
  stack: string,
): boolean {
  return (
    exception.rule === finding.rule &&
    (exception.stack === undefined || exception.stack === stack) &&
    (exception.about === undefined || exception.about === finding.about) &&
    pattern(exception.resource).test(finding.resource)
  );
}

/** Whether an exception's review date has been reached. */
export function isExpired({ review }: Exception, today: Date): boolean {
  return today >= new Date(`${review}T00:00:00Z`);
}

/** Two years from today. By the real date, whatever day is judged: with time it only admits more. */
function latestReview(): string {
  const day = new Date();
  day.setUTCFullYear(day.getUTCFullYear() + 2);
  return day.toISOString().slice(0, 10);
}

/** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
export function isDay(value: string): boolean {
  const date = new Date(`${value}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function pattern(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^:]*")}$`,
  );
}
