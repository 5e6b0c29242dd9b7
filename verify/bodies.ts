// What a body says: whether it is the result that the route promises, or nothing but a refusal.

import type { ApiRoute } from "../access-matrix/routes";

type Json = Readonly<Record<string, unknown>>;

/** Longest refusal, in characters: the gateway's are at most some sentences, given twice. */
const longestRefusal = 2_000;

/** Whether it is a result of the route's protocol, V2 or TensorFlow Serving's; of a mock integration: nothing. */
export function isResult({ method, path, mock }: Pick<ApiRoute, "method" | "path" | "mock">, body: string): boolean {
  if (mock) return body === "";
  const value = parsed(body);
  if (path === "/v2/repository/index") return Array.isArray(value);
  if (typeof value !== "object" || value === null || "error" in value) return false;
  const { outputs, inputs, name, live, ready, model_version_status: status } = value as Json;
  if (path.startsWith("/v1/")) return method === "POST" ? outputs !== undefined : Array.isArray(status);
  if (method === "POST") return Array.isArray(outputs) && outputs.length > 0;
  if (path.endsWith("/health/live")) return live === true;
  if (path.endsWith("/ready")) return ready === true;
  return typeof name === "string" && (path === "/v2" || Array.isArray(inputs));
}

/** Whether it is empty, or JSON with nothing but a message. */
export function isRefusal(body: string): boolean {
  if (body === "") return true;
  const value = parsed(body);
  if (typeof value !== "object" || value === null || body.length > longestRefusal) return false;
  return Object.entries(value).every(
    ([field, text]) => /^(message|error)$/i.test(field) && (typeof text === "string" || text === null),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
