// Whether the model that the plain routes serve can be loaded at all: a run that answers each prediction with 503 is not one.

import type { LocalFunctions } from "./functions/local-functions";
import type { LogLine } from "./functions/log-lines";
import { Unenforceable } from "./gateway/unenforceable";
import type { ServedModels } from "./served-models";

/** Longest that the function's log line is waited for, in milliseconds: it comes by another pipe than the answer. */
const patience = 1_000;

/** Longest that a model may take to load here, in milliseconds. */
const timeoutMs = 60_000;

export class ModelCheck {
  /** What the function last said is wrong with a model, for its operator. */
  private cause = "";

  /** To be called with each line of the functions' logs. */
  hear({ text }: Pick<LogLine, "text">): void {
    if (!text.includes('"code":"model-unavailable"')) return;
    const { cause } = JSON.parse(text) as { readonly cause?: string };
    // The first line of a stack trace: the rest is the program's own.
    this.cause = cause?.split("\n", 1)[0] ?? "";
  }

  /**
   * Loads the default model, so that the first request finds it loaded.
   * @throws Unenforceable where it cannot be loaded, with the reason
   */
  async check(functions: LocalFunctions, { functionArn, standard }: ServedModels): Promise<void> {
    if (standard === undefined) return;
    const event = {
      httpMethod: "GET",
      path: `/v2/models/${standard}/ready`,
      resource: "/v2/models/{model}/ready",
      headers: {},
      pathParameters: { model: standard },
      requestContext: {},
    };
    this.cause = "";
    const answer = await functions.invoke(functionArn, event, { timeoutMs });
    if (answer.kind === "result" && (answer.payload as { statusCode: number }).statusCode === 200) return;
    const until = Date.now() + patience;
    while (answer.kind === "result" && this.cause === "" && Date.now() < until)
      await new Promise((wake) => setTimeout(wake, 10));
    const why = answer.kind === "result" ? this.cause : `the function ended in ${answer.kind}`;
    throw new Unenforceable(`model ${standard}`, `it cannot be loaded: ${why}`);
  }
}
