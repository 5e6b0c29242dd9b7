// The cures of settings that were given with `--set`: the program names the command that changes the stack's file, where they
// do not stand.

import { evaluate, type EvaluateOptions } from "./evaluate";
import type { Graph } from "./resource";

/** As `evaluate`, for a command whose settings were given with `--set`. */
export async function evaluateGiven(options: EvaluateOptions): Promise<Graph> {
  try {
    return await evaluate(options);
  } catch (error) {
    throw withGivenCures(error, options.set ?? {});
  }
}

/** `pulumi config set key value`, `pulumi config rm key`, or either of a part of it, at the end of a line. */
const command =
  /(?:pulumi config rm \w+ && )?pulumi config (set|rm) (?:--plaintext )?(?:--path '(\w+)[^']*'|(\w+))(?: ([^&\n]*))?$/gm;

/** Says in an error's message what to change in the command line, where that is what gave the setting. */
export function withGivenCures(error: unknown, set: Readonly<Record<string, unknown>>): unknown {
  if (!(error instanceof Error)) return error;
  const message = error.message.replace(
    command,
    (whole, action: string, ofPart: string | undefined, key: string | undefined, value = "") => {
      const name = ofPart ?? key!;
      if (!Object.hasOwn(set, name)) return whole;
      if (ofPart !== undefined) return `correct it in --set ${name}=…`;
      return action === "rm" ? `leave out --set ${name}` : `--set ${name}=${String(value)}`;
    },
  );
  if (message === error.message) return error;
  // An operator's error shows its stack, which is just its message.
  if (error.stack === error.message) error.stack = message;
  error.message = message;
  return error;
}
