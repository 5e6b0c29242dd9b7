// The model function's responses to API Gateway, in the shape that payload formats 1.0 and 2.0 share.

import { tooLarge } from "./response-size";
import type { Written } from "./inference-response";

export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Every answer is for one caller, so no cache may keep it; `nosniff` stops browsers from guessing another content type.
 */
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

/**
 * The answer to an inference; with binary data, a header gives the length of the JSON before it.
 * @param limit bytes of the whole answer as JSON
 * @throws Failure `response-too-large`
 */
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

/** Refuses an answer that exceeds the limit once it is serialised to the JSON that Lambda returns. */
function bounded(answer: Answer, limit: number): Answer {
  // As JSON, a character takes at most six bytes (`\u001f`), of base64 one: most answers need no exact count.
  const widest = answer.isBase64Encoded ? 1 : 6;
  if (answer.body.length * widest + 4096 > limit && Buffer.byteLength(JSON.stringify(answer)) > limit)
    throw tooLarge(limit);
  return answer;
}

/** Adds the CORS headers that let browsers of this origin (`*`: any) read the answer; an empty origin adds none. */
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
