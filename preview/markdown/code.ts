// Code spans: whatever they hold, it cannot inject Markdown.

import type { PropertyChange } from "../compare/differences";

/**
 * Puts any text safely into a code span: the fence is longer than any run of backticks in the text, and control characters,
 * line breaks, invisible characters and those that change the text direction become spaces.
 */
export function code(text: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, " ");
  const runs = [...clean.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const padded = clean.startsWith("`") || clean.endsWith("`") || clean.trim() === "" ? ` ${clean} ` : clean;
  return `${fence}${padded}${fence}`;
}

export function values({ path, before, after }: PropertyChange): string {
  if (before === undefined) return `${code(path)} added ${code(after!)}`;
  if (after === undefined) return `${code(path)} removed ${code(before)}`;
  return `${code(path)} ${code(before)} → ${code(after)}`;
}
