// Checks that the default model can be loaded: a run that answers every prediction with 503 is useless.

import type { Functions } from "../functions/environments/invocation";
import type { LogLine } from "../functions/environments/log-lines";
import { Unenforceable } from "../base/unenforceable";
import { type ServedModels, requestModel } from "./served-models";

/** Longest wait for the function's log line, in milliseconds. It arrives through another pipe than the response. */
const patience = 1_000;

/** Longest that a model may take to load here, in milliseconds. */
const timeoutMs = 60_000;

export class ModelCheck {
  /** By model name: the last cause that the function logged. */
  private readonly causes = new Map<string, string>();

  /** Must be called with each line of the functions' logs. */
  logged({ text }: Pick<LogLine, "text">): void {
    if (!text.includes('"code":"model-unavailable"')) return;
    let record: { readonly model: string; readonly cause?: string };
    try {
      record = JSON.parse(text) as typeof record;
    } catch {
      return; // A line that is cut, or is not the model function's.
    }
    // Keeps only the first line: the rest is the function's stack trace.
    this.causes.set(record.model, record.cause?.split("\n", 1)[0] ?? "");
  }

  /**
   * Loads the default model, so that the first request finds it loaded.
   * @param models undefined if no function serves models
   * @param explain finds out why the function ended with a model
   * @throws Unenforceable with the reason if the model cannot be loaded
   */
  async check(
    models: ServedModels | undefined,
    functions: Functions,
    explain: (model: string) => Promise<string | undefined>,
  ): Promise<void> {
    if (models === undefined) return;
    const { functionArn, standard } = models;
    this.causes.delete(standard);
    const response = await requestModel(functions, functionArn, { model: standard, about: "/ready", timeoutMs });
    if (response.kind === "result" && (response.payload as { statusCode: number }).statusCode === 200) return;
    const until = Date.now() + patience;
    while (response.kind === "result" && !this.causes.has(standard) && Date.now() < until)
      await new Promise((wake) => setTimeout(wake, 10));
    const found = response.kind === "result" ? undefined : await explain(standard);
    if (found !== undefined) throw new Unenforceable(`model ${standard}`, `it ${found}`);
    const why =
      response.kind === "result"
        ? (this.causes.get(standard) ?? "the function does not say why")
        : `the function ended in ${response.kind}`;
    // If the file of the external data is missing, ONNX Runtime reports a path that escapes the model's folder.
    const cure = /external data/i.test(why) ? "; is the file with its external data beside it?" : "";
    throw new Unenforceable(`model ${standard}`, `it cannot be loaded: ${why}${cure}`);
  }
}
