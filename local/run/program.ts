// The program of a run: evaluated at the start and when its sources change, with the settings that the run adds.

import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";

export type Overrides = Readonly<Record<string, unknown>>;

export class RunProgram {
  /** @param seed derives simulated ids and secrets */
  constructor(
    private readonly stack: string,
    private set: Overrides,
    private readonly seed: Buffer,
  ) {}

  /** @throws the program's own error for faults in settings or sources */
  evaluate(): Promise<Graph> {
    return evaluate({ stack: this.stack, set: this.set, seed: this.seed });
  }

  /** Whether the setting was given for this run. */
  sets(setting: string): boolean {
    return Object.hasOwn(this.set, setting);
  }

  /** Adds settings to all later evaluations. */
  add(settings: Overrides): void {
    this.set = { ...this.set, ...settings };
  }
}
