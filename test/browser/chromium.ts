// A real browser: the system's Chromium or Chrome, by the path in CHROMIUM or where systems put it.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macOs = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** @returns its path; `undefined` if there is none */
export function findChromium(): string | undefined {
  const given = process.env.CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = given ? [given] : [...folders.flatMap((folder) => names.map((name) => join(folder, name))), macOs];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts it, without a word to the network. */
export function startChromium(executablePath: string): Promise<Browser> {
  const quiet = [
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
    ...["--no-first-run", "--disable-gpu"],
  ];
  // Its sandbox needs a user that is not root, as containers of CI have none.
  const args = process.getuid?.() === 0 ? [...quiet, "--no-sandbox"] : quiet;
  return chromium.launch({ executablePath, args });
}
