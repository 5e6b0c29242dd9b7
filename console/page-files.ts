// The page's files: its script is bundled when somebody opens it, by the esbuild that bundles the functions. Nothing of it is fetched
// from elsewhere.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface PageFile {
  readonly type: string;
  readonly content: string;
}

const folder = join(__dirname, "page");

let made: Promise<Readonly<Record<string, PageFile>>> | undefined;

/** By path. */
export function pageFiles(): Promise<Readonly<Record<string, PageFile>>> {
  return (made ??= make());
}

async function make(): Promise<Readonly<Record<string, PageFile>>> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(folder, "app.tsx")],
    ...{ bundle: true, minify: true, write: false, format: "esm", target: "es2022" },
    ...{ jsx: "automatic", jsxImportSource: "preact" },
  });
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  return {
    "/": { type: "text/html; charset=utf-8", content: read("index.html") },
    "/app.js": { type: "text/javascript; charset=utf-8", content: outputFiles[0]!.text },
    "/style.css": { type: "text/css; charset=utf-8", content: read("style.css") },
    "/icon.svg": { type: "image/svg+xml", content: read("icon.svg") },
  };
}
