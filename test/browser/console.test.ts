import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import axe from "axe-core";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { CallLog } from "../../console/call-log";
import { type Console, openConsole } from "../../console/server";
import { type LocalRun, startRun } from "../../local/run/run";
import { findChromium, startChromium } from "./chromium";

const set = {
  ...{ httpApi: true, secrets: true },
  ...{ apiRateLimit: 10_000, apiBurstLimit: 5_000, keyRateLimit: 10_000, keyBurstLimit: 5_000 },
};

describe("The console in a browser", () => {
  let browser: Browser;
  let run: LocalRun;
  let opened: Console;
  let page: Page;
  const problems: string[] = [];

  before(async function () {
    const path = findChromium();
    if (path === undefined) {
      process.emitWarning("not run: there is no Chromium here; install it, or set CHROMIUM to its path");
      return this.skip();
    }
    browser = await startChromium(path);
    const calls = new CallLog();
    const log = { function: calls.line.bind(calls), access: () => undefined, error: () => undefined };
    run = await startRun({ stack: "dev", set, port: 0, log, watch: (call) => calls.keep(call) });
    opened = await openConsole({ run, set, log: calls, port: 0 });
    page = await open();
  });
  after(async () => {
    await browser?.close();
    await opened?.close();
    await run?.close();
  });
  afterEach(() => expect(problems.splice(0)).to.deep.equal([]));

  async function open(): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const made = await context.newPage();
    made.setDefaultTimeout(60_000);
    made.on("pageerror", ({ message }) => problems.push(message));
    made.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    await made.goto(opened.url);
    await made.getByRole("heading", { name: "Stack dev" }).waitFor();
    return made;
  }

  const view = (name: string) => page.getByRole("navigation").getByRole("link", { name }).click();
  const route = () => page.getByLabel("Route");
  const credential = () => page.getByLabel("Credential");
  const sendIt = () => page.getByRole("button", { name: "Send", exact: true }).click();

  /** What axe finds that keeps somebody out. */
  async function accessible(): Promise<void> {
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).to.deep.equal([]);
  }

  it("opens by the printed address, takes the token out of it, and shows what runs", async () => {
    expect(page.url()).to.equal(`${new URL(opened.url).origin}/`);
    await page.getByText("running").waitFor();
    const text = await page.getByRole("main").innerText();
    expect(text).to.match(/apiGateway on[\s\S]*sagemaker off/);
    expect(text).to.contain("/v2/models/{model}/infer");
    await accessible();
  });

  it("draws the program, and opens a part with its resources", async () => {
    const part = page.getByRole("button", { name: /^apiGateway ?REST API/ });
    await part.focus();
    await page.keyboard.press("Enter");
    const opened = page.getByRole("article", { name: "apiGateway" });
    await opened.getByText("apiGateway (REST API) invokes model (Lambda function)").waitFor();
    await opened.getByRole("link", { name: /restApi:RestApi/ }).waitFor();
    await page.getByLabel("Find").fill("usage");
    await page.locator(".node.found").first().waitFor();
    await page.getByRole("button", { name: "Larger" }).click();
    await accessible();
  });

  it("gets a prediction", async () => {
    await view("Try it");
    while (!(await page.getByRole("textbox", { name: "Body", exact: true }).inputValue()).includes("features"));
    await sendIt();
    await page.getByText("Answered 200, as expected").waitFor();
    expect(await page.getByRole("region", { name: "Answer: body" }).innerText()).to.contain('"name": "label"');
    await accessible();
  });

  it("shows the reason of a refused call, and the resource that refused it", async () => {
    await credential().selectOption("wrong key");
    await sendIt();
    await page.getByText("Answered 403, as expected").waitFor();
    await page.getByRole("link", { name: "Why: its gates" }).click();
    const detail = page.getByRole("article");
    await detail.getByText("the API key is unknown").waitFor();
    await accessible();
    await detail.getByRole("link", { name: /usagePlan:UsagePlan/ }).click();
    const resource = page.getByRole("article", { name: "apiGateway-usage-plan" });
    await resource.getByRole("region", { name: "Inputs" }).waitFor();
    expect(await resource.innerText()).to.match(/"rateLimit": 10000/);
    await accessible();
    await page.goBack();
  });

  it("sends a call again, as it was and edited", async () => {
    const before = page.url();
    await page.getByRole("button", { name: "Send again" }).click();
    await page.waitForURL((url) => url.href !== before);
    await view("Try it");
    await credential().selectOption("all right");
    await sendIt();
    await page.getByRole("link", { name: "Why: its gates" }).click();
    await page.getByRole("button", { name: "Edit the body" }).click();
    await page.getByRole("article").getByRole("textbox").fill("{");
    await page.getByRole("button", { name: "Send again as edited" }).click();
    await page.getByRole("heading", { name: "400 POST" }).waitFor();
  });

  it("compares two calls", async () => {
    await page.getByRole("button", { name: "Keep for comparison" }).click();
    await page.getByRole("region", { name: "Calls" }).getByRole("link").nth(1).click();
    await page.getByRole("heading", { name: "Compared with" }).waitFor();
    expect(await page.getByRole("article").count()).to.equal(2);
  });

  it("sends a cell of the access matrix by the keyboard alone", async () => {
    await view("Who may call");
    const cell = page.getByRole("button", { name: /^POST \/mymodel, nothing: expected 403/ });
    await cell.focus();
    await page.keyboard.press("Enter");
    await page
      .getByRole("button", { name: /^POST \/mymodel, nothing: expected 403\. Answered 403, as expected/ })
      .waitFor();
    await accessible();
  });

  it("calls every route of the HTTP API as its matrix says", async () => {
    await view("Try it");
    const routes = await route().locator("option").allInnerTexts();
    const own = routes.filter((text) => text.includes("httpApi"));
    expect(own.length).to.be.greaterThan(3);
    for (const text of own) {
      await route().selectOption({ label: text });
      await sendIt();
      await page.getByText(/Answered .*, as expected/).waitFor();
    }
  });

  it("rotates an API key", async () => {
    await view("Models and keys");
    await page.getByRole("cell", { name: "READY" }).waitFor();
    await page.getByRole("button", { name: "Count again" }).click();
    await page.getByRole("rowheader", { name: /api_latency_seconds, mean in ms .*apiGateway/ }).waitFor();
    const rows = page.getByRole("listitem").filter({ hasText: "made at" });
    await rows.first().waitFor();
    const before = await rows.count();
    await page.getByRole("button", { name: "Rotate the key" }).first().click();
    await page.getByText("finishSecret done").waitFor();
    await rows.nth(before).waitFor();
    await accessible();
  });

  it("stands five thousand calls, filters them, and pauses", async () => {
    await view("Calls");
    const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: readFileSync(run.ca) });
    const url = `${run.apis.find(({ name }) => name === "apiGateway")!.url}/v2`;
    const call = () =>
      new Promise<void>((resolve, reject) => {
        request(url, { agent, headers: { "x-api-key": "wrong" } }, (response) => response.resume().on("end", resolve))
          .on("error", reject)
          .end();
      });
    let left = 5_000;
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (left-- > 0) await call();
      }),
    );
    agent.destroy();
    await page.getByText("2000 of 2000 calls").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByLabel("Filter").fill("no such thing");
    await page.getByText("0 of 2000 calls").waitFor();
    await page.getByLabel("Filter").fill("403 unknown");
    await page.getByText(/^[1-9]\d* of 2000 calls/).waitFor();
  });

  it("goes on after a reload and in a second tab, and not without the token", async () => {
    await page.reload();
    await page.getByText("running").waitFor();
    const other = await open();
    await other.getByText("running").waitFor();
    await other.close();
    const stranger = await browser.newPage();
    await stranger.goto(new URL(opened.url).origin);
    await stranger.getByText("open the console by the address that npm start has printed").first().waitFor();
    await stranger.close();
  });

  it("fits a narrow window, light and dark", async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const name of ["Overview", "Try it", "Calls", "Who may call", "Models and keys", "Resources"]) {
        await view(name);
        await accessible();
        expect(await page.evaluate("document.documentElement.scrollWidth"), name).to.be.at.most(360);
      }
    }
  });

  it("shows what callers send as text", async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await view("Try it");
    await page.locator("textarea").fill('<img src=x onerror="document.title=1">');
    await sendIt();
    await page.getByRole("link", { name: "Why: its gates" }).click();
    await page.getByRole("region", { name: "Request: body" }).waitFor();
    expect(await page.title()).to.equal("Console of the local run");
    expect(await page.locator("img").count()).to.equal(0);
  });

  it("sends a binary tensor from a file, and shows what came", async () => {
    await view("Try it");
    const head =
      '{"inputs":[{"name":"features","shape":[1,4],"datatype":"FP32","parameters":{"binary_data_size":16}}]}';
    const data = Buffer.from(Float32Array.of(5.1, 3.5, 1.4, 0.2).buffer);
    const buffer = Buffer.concat([Buffer.from(head), data]);
    await page.getByLabel("Body from a file").setInputFiles({ name: "flower.bin", mimeType: "", buffer });
    await page.getByLabel("Content type").fill("application/octet-stream");
    await page.getByLabel("Other headers").fill(`Inference-Header-Content-Length: ${head.length}`);
    await sendIt();
    await page.getByText("Answered 200, as expected").waitFor();
    await page.getByRole("link", { name: "Why: its gates" }).click();
    await page.getByText(`A body of ${buffer.length} B that is no text`).waitFor();
  });

  it("says that the run has ended", async () => {
    await opened.close();
    await page.getByText("not connected").waitFor();
    problems.length = 0; // The browser's own word about the connection.
  });
});
