/** A stack trace with the lines of the TypeScript sources instead of the compiled ones. */
export function sourceLines(stack: string): string;
