// The program of a run: evaluated at the start and whenever its sources change, with the settings that the run itself adds.

import { evaluate } from "../graph/evaluate";
import type { Graph } from "../graph/resource";

export type Overrides = Readonly<Record<string, unknown>>;

export class RunProgram {
  /** @param seed of the credentials of this machine, from which simulated ids and secrets derive */
  constructor(
    private readonly stack: string,
    private set: Overrides,
    private readonly seed: Buffer,
  ) {}

  /** @throws the program's own error for faults in settings and sources */
  evaluate(): Promise<Graph> {
    return evaluate({ stack: this.stack, set: this.set, seed: this.seed });
  }

  /** Whether the run was asked for with the setting. */
  sets(setting: string): boolean {
    return Object.hasOwn(this.set, setting);
  }

  /** From here on the program has these settings, too. */
  add(settings: Overrides): void {
    this.set = { ...this.set, ...settings };
  }
}
