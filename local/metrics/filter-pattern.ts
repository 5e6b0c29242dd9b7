// CloudWatch Logs filter patterns for JSON lines, as far as the metric filters of this program use them: comparisons of
// a field with a string or a number, joined by && and ||, with parentheses.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html

import type { LogRecord } from "../base/log-record";

/** Whether a log line matches. */
export type LineMatch = (line: LogRecord) => boolean;

type Holds = (line: Readonly<Record<string, unknown>>) => boolean;

const token = /\s*(\(|\)|&&|\|\||!=|=|"(?:[^"\\]|\\.)*"|\$\.[\w.]+|-?\d+(?:\.\d+)?)/y;

/** @throws SyntaxError for any unsupported syntax: a wrong count would be worse than none */
export function compilePattern(pattern: string): LineMatch {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(pattern)?.[1];
  if (inner === undefined) throw new SyntaxError("a filter pattern is not one of JSON lines");
  const tokens = tokensOf(inner);
  const holds = alternatives(tokens);
  if (tokens.length > 0) throw new SyntaxError("a filter pattern goes on after its end");
  return (line) => line !== undefined && holds(line);
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (text.slice(token.lastIndex).trim() !== "") {
    const found = token.exec(text);
    if (!found) throw new SyntaxError("a filter pattern has a part that is not known");
    tokens.push(found[1]!);
  }
  return tokens;
}

function alternatives(tokens: string[]): Holds {
  const parts = [conjunction(tokens)];
  while (tokens[0] === "||") {
    tokens.shift();
    parts.push(conjunction(tokens));
  }
  return (line) => parts.some((holds) => holds(line));
}

function conjunction(tokens: string[]): Holds {
  const parts = [comparison(tokens)];
  while (tokens[0] === "&&") {
    tokens.shift();
    parts.push(comparison(tokens));
  }
  return (line) => parts.every((holds) => holds(line));
}

function comparison(tokens: string[]): Holds {
  const first = tokens.shift();
  if (first === "(") {
    const inner = alternatives(tokens);
    if (tokens.shift() !== ")") throw new SyntaxError("a filter pattern has a parenthesis that does not close");
    return inner;
  }
  const [operator, value] = [tokens.shift(), tokens.shift()];
  if (!first?.startsWith("$.") || (operator !== "=" && operator !== "!=") || value === undefined)
    throw new SyntaxError("a filter pattern has a part that is not a comparison");
  const path = first.slice(2).split(".");
  const wanted: unknown = JSON.parse(value);
  // A missing field satisfies no comparison, not even `!=`.
  return (line) => {
    const given = fieldOf(line, path);
    return given !== undefined && (given === wanted) === (operator === "=");
  };
}

function fieldOf(line: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    line,
  );
}
