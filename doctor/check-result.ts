// The result of one check.

export interface CheckResult {
  /** `bad`: would stop or break the deployment. `unknown`: could not be checked here. */
  readonly state: "good" | "bad" | "unknown";
  readonly text: string;
}

export const good = (text: string): CheckResult => ({ state: "good", text });
export const bad = (text: string): CheckResult => ({ state: "bad", text });
export const unknown = (text: string): CheckResult => ({ state: "unknown", text });

const signs = { good: "✓", bad: "✗", unknown: "–" } as const;

export function resultLine({ state, text }: CheckResult): string {
  return `${signs[state]} ${text}`;
}
