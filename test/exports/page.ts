// The code of docs/models.md, which is the input of these tests.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync(join(__dirname, "../../docs/models.md"), "utf8");

/** The code blocks of a language below a heading of the page. */
export function blocks(heading: string, language: "python" | "ts"): string[] {
  const chapter = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  const fences = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms");
  return [...(chapter ?? "").matchAll(fences)].map(([, code]) => code!);
}
