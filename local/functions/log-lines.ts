// A function's stdout or stderr as lines, for the log: bounded, whole characters, and nothing lost when the process ends.

import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

export interface LogLine {
  /** Name of the function, as deployed. */
  readonly functionName: string;
  readonly stream: "stdout" | "stderr";
  /** Without the line break. */
  readonly text: string;
}

/** Longest line in characters; longer ones are cut into several, as CloudWatch Logs does at 256 KB an event. */
const lineLimit = 256 * 1024;

/** Calls `log` with each line of a stream; the last one need not end in a line break. */
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
  // A pipe that breaks with its process is not worth more than the lines that came through it.
  stream.on("error", () => undefined);
}

function pieces(line: string): string[] {
  if (line.length <= lineLimit) return [line];
  const found: string[] = [];
  for (let at = 0; at < line.length; at += lineLimit) found.push(line.slice(at, at + lineLimit));
  return found;
}
