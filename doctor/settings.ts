// The stack's settings as a deployment gets them: missing ones are not replaced by example values.

import { evaluate } from "../graph/evaluate";
import { stackSettings } from "../graph/project";
import { bad, good, type Line } from "./line";

export interface Asked {
  /** Folder of the project. */
  readonly root: string;
  readonly stack: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** One good line, or a bad one for each fault, with the command that fixes it. */
export async function checkSettings({ root, stack, set }: Asked): Promise<Line[]> {
  try {
    await evaluate({ root, stack, set, examples: false });
    return [good("settings: all are set, valid and consistent")];
  } catch (error) {
    const [title, ...faults] = (error as Error).message.split("\n");
    return (faults.length > 0 ? faults : [title!]).map((fault) => bad(`setting ${fault.trim()}`));
  }
}

/** All settings by key, without the project's prefix, defaults filled in; every value as a string. */
export function settingsOf({ root, stack, set }: Asked): Readonly<Record<string, string>> {
  const { project, config } = stackSettings(root, stack, set, false);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(`${project}:`, ""), value]));
}
