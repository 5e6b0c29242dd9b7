// Published models in a local run: runs the stand-ins that the functions read them from, and notices when another
// process (`npm run pipeline` or `npm run live`) changes which model is live.

import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { publishedKeys } from "../../../contract";
import type { Graph } from "../../../graph/resource";
import { watchFolders } from "../../base/watch";
import { openTrainingCloud, type TrainingCloud, type TrainingCloudOptions } from "../aws/cloud";

/** Milliseconds until the model function has certainly re-read the pointer: it does so once a second here. */
const untilNextRead = 1_500;

export class WatchedPublications {
  private cloud: TrainingCloud | undefined;
  private unwatch: (() => void) | undefined;

  constructor(private readonly options: Omit<TrainingCloudOptions, "graph">) {}

  /** Whether the graph that was opened last has a pipeline. */
  get isOn(): boolean {
    return this.cloud !== undefined;
  }

  /** Starts the stand-ins for this graph, then stops those of the previous one. @throws Unenforceable */
  async open(graph: Graph): Promise<void> {
    const before = this.cloud;
    this.cloud = await openTrainingCloud({ ...this.options, graph });
    await before?.close();
  }

  variablesOf(functionName: string): Readonly<Record<string, string>> {
    return this.cloud?.variablesOf(functionName) ?? {};
  }

  /**
   * Calls back with the names of the models whose pointer changed, after the model function has had time to read it.
   * @param tell receives a sentence if changes can no longer be noticed
   */
  watch(changed: (models: readonly string[]) => Promise<void>, tell: (line: string) => void): void {
    const folder = join(this.options.folder, "s3");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    let seen = pointers(folder);
    this.unwatch = watchFolders(
      [folder],
      async () => {
        const now = pointers(folder);
        const models = [...now].filter(([name, text]) => seen.get(name) !== text).map(([name]) => name);
        seen = now;
        if (models.length === 0) return;
        await sleep(untilNextRead);
        await changed(models);
      },
      tell,
    );
  }

  async close(): Promise<void> {
    this.unwatch?.();
    await this.cloud?.close();
  }
}

/** Content of each model's live pointer, by model name. */
function pointers(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const bucket of readdirSync(folder)) {
    for (const model of names(join(folder, bucket, "models"))) {
      try {
        found.set(model, readFileSync(join(folder, bucket, publishedKeys.pointer(model)), "utf8"));
      } catch {
        // Nothing was published under this name.
      }
    }
  }
  return found;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
