// The result of one check.

export interface Line {
  /** `bad`: would stop or break the deployment. `unknown`: could not be checked here. */
  readonly state: "good" | "bad" | "unknown";
  readonly text: string;
}

export const good = (text: string): Line => ({ state: "good", text });
export const bad = (text: string): Line => ({ state: "bad", text });
export const unknown = (text: string): Line => ({ state: "unknown", text });

const signs = { good: "✓", bad: "✗", unknown: "–" } as const;

export function printed({ state, text }: Line): string {
  return `${signs[state]} ${text}`;
}
