// A Python interpreter with the packages that docs/models.md exports with.

import { join } from "node:path";
import type { Context } from "mocha";
import { installedPython } from "../engines/installed-python";
import { orSkip } from "../training/python";

/** Path of the interpreter; skips the tests if there is no suitable Python, or its packages cannot be installed. */
export async function exportsPython(context: Context): Promise<string> {
  const requirements = join(__dirname, "requirements.txt");
  const what = "the packages that models are exported with";
  return orSkip(context, () => installedPython("model-serving-exports", requirements, what));
}
