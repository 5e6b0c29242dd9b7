// Whether the model that the plain routes serve can be loaded at all: a run that answers each prediction with 503 is not one.

import type { Functions } from "./functions/functions";
import type { LogLine } from "./functions/log-lines";
import { Unenforceable } from "./gateway/unenforceable";
import { askModel } from "./model-metadata";
import type { ServedModels } from "./served-models";

/** Longest that the function's log line is waited for, in milliseconds: it comes by another pipe than the answer. */
const patience = 1_000;

/** Longest that a model may take to load here, in milliseconds. */
const timeoutMs = 60_000;

export class ModelCheck {
  /** By model: what the function last said is wrong with it, for its operator. */
  private readonly causes = new Map<string, string>();

  /** To be called with each line of the functions' logs. */
  hear({ text }: Pick<LogLine, "text">): void {
    if (!text.includes('"code":"model-unavailable"')) return;
    const { model, cause } = JSON.parse(text) as { readonly model: string; readonly cause?: string };
    // The first line of a stack trace: the rest is the program's own.
    this.causes.set(model, cause?.split("\n", 1)[0] ?? "");
  }

  /**
   * Loads the default model, so that the first request finds it loaded.
   * @param models undefined where no function serves models
   * @throws Unenforceable where it cannot be loaded, with the reason
   */
  async check(models: ServedModels | undefined, functions: Functions): Promise<void> {
    if (models === undefined) return;
    const { functionArn, standard } = models;
    this.causes.delete(standard);
    const answer = await askModel(functions, functionArn, { model: standard, about: "/ready", timeoutMs });
    if (answer.kind === "result" && (answer.payload as { statusCode: number }).statusCode === 200) return;
    const until = Date.now() + patience;
    while (answer.kind === "result" && !this.causes.has(standard) && Date.now() < until)
      await new Promise((wake) => setTimeout(wake, 10));
    const why =
      answer.kind === "result"
        ? (this.causes.get(standard) ?? "the function does not say why")
        : `the function ended in ${answer.kind}`;
    // The runtime speaks of a path that escapes where the file is just not there.
    const cure = /external data/i.test(why) ? "; is the file with its external data beside it?" : "";
    throw new Unenforceable(`model ${standard}`, `it cannot be loaded: ${why}${cure}`);
  }
}
