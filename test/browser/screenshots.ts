// Makes the pictures of the console in docs/ anew: `node run.mjs test/browser/screenshots.ts`.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { CallLog, withCalls } from "../../console/call-log";
import { openConsole } from "../../console/server";
import { projectRoot } from "../../graph/evaluate";
import { startRun } from "../../local/run/run";
import { findChromium, startChromium } from "./chromium";

const folder = join(projectRoot, "docs/console");
const set = { auth0Authorizer: true, httpApi: true, secrets: true, firewall: true };
const none = () => undefined;

async function main(): Promise<void> {
  const path = findChromium();
  if (path === undefined) throw new Error("there is no Chromium here; install it, or set CHROMIUM to its path");
  mkdirSync(folder, { recursive: true });
  const calls = new CallLog();
  const log = withCalls({ function: none, access: none, error: none }, calls);
  const run = await startRun({ stack: "dev", set, port: 0, log, watch: (call) => calls.keep(call) });
  const opened = await openConsole({ run, set, log: calls, port: 0 });
  const browser = await startChromium(path);
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 760 } });
    await page.goto(opened.url);
    await page.locator(".node").first().waitFor();
    const view = (name: string) => page.getByRole("navigation").getByRole("link", { name }).click();
    await shot(page, "overview");
    await view("Try it");
    await page.getByLabel("Credential").selectOption("all right");
    while (!(await page.getByRole("textbox", { name: "Body", exact: true }).inputValue()).includes("features"));
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("as expected").waitFor();
    await shot(page, "try-it");
    await page.getByLabel("Credential").selectOption("wrong key");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("Answered 403").waitFor();
    await page.getByRole("link", { name: "Why: its gates" }).click();
    await page.getByText("the API key is unknown").first().waitFor();
    await shot(page, "calls");
    await view("Who may call");
    for (const index of [0, 1, 3]) {
      await page.locator(".matrix button").nth(index).click();
      await page
        .getByRole("button", { name: /as expected/ })
        .nth(0)
        .waitFor();
    }
    await shot(page, "who-may-call");
  } finally {
    await browser.close();
    await opened.close();
    await run.close();
  }
}

async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
