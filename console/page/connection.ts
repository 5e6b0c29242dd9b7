// What the page asks its server for. The token comes in the address that `npm start` prints, and is taken out of it at once: this tab keeps
// it, and nothing else of the browser.

import type { CallsFrame, Failed } from "../wire";

const key = "token";

export function takeToken(): void {
  const url = new URL(location.href);
  const token = url.searchParams.get(key);
  if (token === null) return;
  sessionStorage.setItem(key, token);
  url.searchParams.delete(key);
  history.replaceState(null, "", url);
}

async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(key) ?? ""}`, "Content-Type": "application/json" };
  const response = await fetch(path, { ...options, headers }).catch(() => {
    throw new Error("npm start does not answer: it has ended, or was started again, and printed another address then");
  });
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({ error: `status ${response.status}` }))) as Failed;
  throw new Error(error);
}

/** @throws Error with what is wrong, and what to do */
export async function get<T>(path: string): Promise<T> {
  return (await (await ask(path)).json()) as T;
}

/** @throws Error with what is wrong, and what to do */
export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return (await (await ask(path, { method: "POST", body: JSON.stringify(body) })).json()) as T;
}

/** The frames of the timeline, until the server ends. @throws Error as `get` */
export async function* frames(signal: AbortSignal): AsyncGenerator<CallsFrame> {
  const response = await ask("/api/calls", { signal });
  let rest = "";
  // Not every browser iterates over a stream.
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as CallsFrame;
  }
}
