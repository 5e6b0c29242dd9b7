// The function's log: Lambda sends each line of stdout to CloudWatch.

export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
