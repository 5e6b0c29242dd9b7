// What a function answers API Gateway with, in the one shape that both of its formats take.

import { tooLarge } from "./response-size";
import type { Written } from "./inference-response";

export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Answers are made for one caller, and are JSON or tensors whatever a browser may take them for. */
const always = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

export function jsonAnswer(statusCode: number, value: unknown, headers: Answer["headers"] = {}): Answer {
  return textAnswer(statusCode, JSON.stringify(value), headers);
}

function textAnswer(statusCode: number, body: string, headers: Answer["headers"]): Answer {
  return {
    statusCode,
    headers: { "Content-Type": "application/json", ...always, ...headers },
    body,
    isBase64Encoded: false,
  };
}

/** The answer to an inference; with binary data the header tells where the JSON ends. */
export function inferenceAnswer({ json, binary }: Written, limit: number): Answer {
  if (binary === undefined) return bounded(textAnswer(200, json, {}), limit);
  const head = Buffer.from(json, "utf8");
  const headers = {
    "Content-Type": "application/octet-stream",
    "Inference-Header-Content-Length": String(head.length),
    ...always,
  };
  const body = Buffer.concat([head, binary]).toString("base64");
  return bounded({ statusCode: 200, headers, body, isBase64Encoded: true }, limit);
}

/** Refuses an answer that is over Lambda's limit as the JSON event it travels in. */
function bounded(answer: Answer, limit: number): Answer {
  // A character of text is at most six bytes of an event (`\u001f`), one of base64 one: most answers need no closer look.
  const widest = answer.isBase64Encoded ? 1 : 6;
  if (answer.body.length * widest + 4096 > limit && Buffer.byteLength(JSON.stringify(answer)) > limit)
    throw tooLarge(limit);
  return answer;
}

/** The answer with what a browser of the one origin needs to read it; without an origin, as it is. */
export function withCors(answer: Answer, origin: string): Answer {
  if (origin === "") return answer;
  const headers = {
    ...answer.headers,
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Expose-Headers": "Inference-Header-Content-Length",
    ...(origin === "*" ? {} : { Vary: "Origin" }),
  };
  return { ...answer, headers };
}
