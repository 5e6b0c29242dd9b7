// A log line that is a JSON object, as access logs' and functions' mostly are: read once, for all who ask what is in it.

/** Undefined for any other line. */
export type LogRecord = Readonly<Record<string, unknown>> | undefined;

export function logRecord(line: string): LogRecord {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
