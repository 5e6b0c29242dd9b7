// The function's log: Lambda ships each line of stdout to CloudWatch.

export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
