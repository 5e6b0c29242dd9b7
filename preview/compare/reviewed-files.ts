// Which files a change touches of those that decide about changes: a rule that is weakened leaves no other line in a report.

import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** The rules, the matrix, the evaluation and this comparison; the workflows that run them; the packages that they use. The same list is in preview-comment.yml. */
const reviewedFiles = [
  ...["policy", "access-matrix", "graph", "preview", "contract.ts"],
  ...[".github", "run.mjs", "package.json", "package-lock.json", "tsconfig.json", ".npmrc"],
];

/** @param before folder of a version @returns paths of the files that are added, changed or removed in `after` */
export function changedReviewedFiles(before: string, after: string): string[] {
  const [old, next] = [filesOf(before), filesOf(after)];
  return [...new Set([...old.keys(), ...next.keys()])].filter((path) => old.get(path) !== next.get(path)).sort();
}

/** Content by path. */
function filesOf(root: string): Map<string, string> {
  const files = new Map<string, string>();
  const read = (path: string): void => {
    const found = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (found?.isDirectory()) readdirSync(join(root, path)).forEach((name) => read(`${path}/${name}`));
    else if (found?.isSymbolicLink()) files.set(path, `link to ${readlinkSync(join(root, path))}`);
    else if (found !== undefined) files.set(path, readFileSync(join(root, path), "latin1"));
  };
  reviewedFiles.forEach(read);
  return files;
}
