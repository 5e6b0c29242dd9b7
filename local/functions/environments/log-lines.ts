// Splits a function's stdout or stderr into lines: bounded in length, whole characters, complete when the process ends.

import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

export interface LogLine {
  /** Name of the deployed function. */
  readonly functionName: string;
  readonly stream: "stdout" | "stderr";
  /** Without the line break. */
  readonly text: string;
}

/** Longest line in characters; longer ones are split, as CloudWatch Logs does at 256 KB per event. */
const lineLimit = 256 * 1024;

/** Calls `log` with each line of a stream, including a last one without a line break. */
export function readLines(stream: Readable, log: (text: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const take = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) for (const piece of pieces(line)) log(piece);
    while (rest.length >= lineLimit) {
      log(rest.slice(0, lineLimit));
      rest = rest.slice(lineLimit);
    }
  };
  stream.on("data", (chunk: Buffer) => {
    take(decoder.write(chunk));
  });
  stream.on("close", () => {
    take(decoder.end());
    if (rest !== "") log(rest);
    rest = "";
  });
  // The pipe broke with its process; the lines received so far are kept.
  stream.on("error", () => undefined);
}

function pieces(line: string): string[] {
  if (line.length <= lineLimit) return [line];
  const found: string[] = [];
  for (let at = 0; at < line.length; at += lineLimit) found.push(line.slice(at, at + lineLimit));
  return found;
}
