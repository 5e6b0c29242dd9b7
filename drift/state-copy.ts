// A copy of a stack's state in a backend of its own, in a temporary folder: a refresh of the copy reads the clouds, and what
// it finds is written nowhere else. Secrets stay encrypted, by the stack's own secrets provider.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface StateCopy {
  /** Value of PULUMI_BACKEND_URL. */
  readonly backend: string;
  remove(): void;
}

/**
 * Writes the files of a DIY backend.
 * Source: https://www.pulumi.com/docs/iac/concepts/state-and-backends/#using-a-self-managed-backend
 * @param exported what `pulumi stack export` prints
 */
export function copyState(project: string, stack: string, exported: string): StateCopy {
  const { version, deployment } = JSON.parse(exported) as { version: number; deployment: object };
  const folder = mkdtempSync(join(tmpdir(), "drift-"));
  const stacks = join(folder, ".pulumi/stacks", project);
  mkdirSync(stacks, { recursive: true });
  writeFileSync(join(folder, ".pulumi/meta.yaml"), "version: 1\n");
  const checkpoint = { stack: `organization/${project}/${stack}`, latest: deployment };
  writeFileSync(join(stacks, `${stack}.json`), JSON.stringify({ version, checkpoint }), { mode: 0o600 });
  return { backend: `file://${folder}`, remove: () => rmSync(folder, { recursive: true }) };
}
