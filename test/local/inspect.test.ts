import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { evaluate, type EvaluateOptions, projectRoot } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { modelsWithTransform, writeTypes } from "../../transforms/write-types";
import { InspectorClient, targets } from "./functions/inspector-client";
import { type Served, serveStack } from "./served";

/** Longer than the time limits of functions and integration, which `impatient` makes a second. */
const heldMs = 1_500;

async function impatient(options: EvaluateOptions): Promise<Graph> {
  const graph = await evaluate(options);
  const resources = graph.resources.map((each) => {
    const { body } = each.inputs;
    const inputs = {
      ...each.inputs,
      ...(each.type === "aws:lambda/function:Function" && { timeout: 1 }),
      ...(typeof body === "string" && { body: body.replaceAll(/"timeoutInMillis":\d+/g, '"timeoutInMillis":1000') }),
    };
    return { ...each, inputs };
  });
  return { ...graph, resources };
}

const transform = `import { Refused, type Transform } from "./model";
import { scaled } from "./scaled";
export default {
  request(body) {
    if (!Array.isArray(body)) throw new Refused("send four numbers", 422);
    const numbers = body.map(Number);
    if (numbers.length > 4) throw new Error("too many");
    return { features: { shape: [1, 4], data: scaled(numbers) } };
  },
  response: ({ label }) => ({ class: Number(label.data[0]) }),
} satisfies Transform;
`;
const scaled = `export function scaled(numbers: readonly number[]): Float32Array {
  const copy = Float32Array.from(numbers);
  return copy;
}
`;

interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL: string;
}

interface Location {
  readonly scriptId: string;
  /** Both from 0. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface Paused {
  readonly callFrames: readonly [{ readonly callFrameId: string; readonly location: Location }];
}

interface Evaluated {
  readonly result: { readonly value: unknown };
}

/** A debugger of one function, which knows a script by its source map alone, as an editor does. */
class Debugger {
  private constructor(
    readonly client: InspectorClient,
    readonly script: Script,
    readonly map: SourceMap,
  ) {}

  static async of(port: number, file: string): Promise<Debugger> {
    const client = await InspectorClient.attach(port);
    await client.send("Debugger.enable");
    const script = await client.event<Script>("Debugger.scriptParsed", ({ url }) => url.endsWith(file));
    const encoded = script.sourceMapURL.replace(/^data:application\/json;base64,/, "");
    const map = new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString()) as SourceMapPayload);
    return new Debugger(client, script, map);
  }

  /** Absolute paths of what the map names. */
  get sources(): string[] {
    return this.map.payload.sources.map((source) => this.absolute(source));
  }

  /** Stops at the line of a source that has a text. @returns its number, from 1 */
  async stopAt(source: string, text: string): Promise<number> {
    const line = readFileSync(source, "utf8")
      .split("\n")
      .findIndex((each) => each.includes(text));
    let start: Location = { scriptId: this.script.scriptId, lineNumber: 0, columnNumber: 0 };
    for (;;) {
      const possible = await this.client.send<{ locations: Location[] }>("Debugger.getPossibleBreakpoints", { start });
      const { locations } = possible;
      for (const location of locations) {
        const place = this.placeOf(location);
        if (place.file !== source || place.line !== line + 1) continue;
        await this.client.send("Debugger.setBreakpoint", { location });
        return place.line;
      }
      // The answer has a thousand at most.
      const last = locations.at(-1);
      if (last === undefined) throw new Error(`${source}:${line + 1} cannot be stopped at`);
      start = { ...last, columnNumber: last.columnNumber + 1 };
    }
  }

  /** Waits until it is stopped. @returns where, in the sources, and the value of an expression there */
  async stopped(expression: string): Promise<{ file: string; line: number; value: unknown }> {
    // Another debugger of the same process hears of its stops, too.
    const isHere = ({ callFrames: [top] }: Paused) => top.location.scriptId === this.script.scriptId;
    const [{ callFrameId, location }] = (await this.client.event("Debugger.paused", isHere)).callFrames;
    const given = { callFrameId, expression, returnByValue: true };
    const { result } = await this.client.send<Evaluated>("Debugger.evaluateOnCallFrame", given);
    return { ...this.placeOf(location), value: result.value };
  }

  private placeOf({ lineNumber, columnNumber }: Location): { file: string; line: number } {
    const entry = this.map.findEntry(lineNumber, columnNumber);
    if (!("originalSource" in entry)) return { file: "", line: 0 };
    return { file: this.absolute(entry.originalSource), line: entry.originalLine + 1 };
  }

  /** A source's path is relative to the script, as that of a map without `sourceRoot` is. */
  private absolute(source: string): string {
    return resolve(dirname(fileURLToPath(this.script.url)), source);
  }
}

describe("npm start --inspect", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "models-")));
  const own = join(folder, "mymodel");
  let served: Served | undefined;
  const debuggers: Debugger[] = [];
  before(() => {
    mkdirSync(own);
    cpSync(join(projectRoot, "models/mymodel/model.onnx"), join(own, "model.onnx"));
    writeFileSync(join(own, "transform.ts"), transform);
    writeFileSync(join(own, "scaled.ts"), scaled);
    writeTypes(folder, modelsWithTransform(folder));
  });
  afterEach(async () => {
    for (const { client } of debuggers.splice(0)) await client.detach();
    await served?.run.close();
    served = undefined;
  });
  after(() => rmSync(folder, { recursive: true }));

  const off = { auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };
  const settings = { ...off, apiGatewayAuth: "lambda", modelsFolder: folder };

  async function debug(port: number, file: string): Promise<Debugger> {
    const attached = await Debugger.of(port, file);
    debuggers.push(attached);
    return attached;
  }

  /** Waits for the process that has the port after a change, as an editor does. */
  async function reattached(port: number, file: string): Promise<Debugger> {
    for (;;) {
      const attached = await debug(port, file).catch(() => sleep(50));
      if (attached !== undefined) return attached;
    }
  }

  it("stops at lines of lambda/ and of a transform, holds the call beyond every time limit, and answers it", async () => {
    served = await serveStack(settings, "dev", undefined, undefined, { inspect: 0, evaluation: impatient });
    const ports = served.run.functions.inspectorPorts;
    const names = [...ports.keys()];
    expect(names.map((name) => name.replace(/^.*-/, ""))).to.deep.equal(["model", "authorizer"]);
    const [model, authorizer] = names.map((name) => ports.get(name)!) as [number, number];
    const inAuthorizer = await debug(authorizer, "/authorizer.js");
    const inModel = await debug(model, "/model.js");
    const inTransform = await debug(model, "/transforms/mymodel.js");

    // Each source that a map names is a file of the project, of the models' folder, or of a package.
    for (const { sources } of [inAuthorizer, inModel, inTransform])
      expect(sources.filter((source) => !existsSync(source))).to.deep.equal([]);
    expect(inModel.sources.map((source) => relative(projectRoot, source))).to.include.members([
      "lambda/model.ts",
      "lambda/core/protocol/route.ts",
    ]);
    expect(inTransform.sources).to.include.members([join(own, "transform.ts"), join(own, "scaled.ts")]);

    const places: [Debugger, string, string, string, unknown][] = [
      [inAuthorizer, join(projectRoot, "lambda/authorizer.ts"), "const allowed = scopes", "typeof subject", "string"],
      [inModel, join(projectRoot, "lambda/model.ts"), "const route = routeOf(request)", "request.method", "POST"],
      [inTransform, join(own, "transform.ts"), "return { features:", "numbers.join()", "6.7,3,5.2,2.3"],
      [inTransform, join(own, "scaled.ts"), "return copy", "copy.length", 4],
    ];
    const expected: object[] = [];
    for (const [where, file, text, , value] of places)
      expected.push({ file, line: await where.stopAt(file, text), value });

    const headers = { authorization: `Bearer ${served.run.credentials.token!}`, "content-type": "application/json" };
    const answer = served.call("POST", "/mymodel", { headers, body: "[6.7, 3, 5.2, 2.3]" });
    const seen: object[] = [];
    for (const [where, , , expression] of places) {
      seen.push(await where.stopped(expression));
      expect(await Promise.race([answer, sleep(heldMs, "none")])).to.equal("none");
      await where.client.send("Debugger.resume");
    }
    expect(seen).to.deep.equal(expected);
    const { status, text } = await answer;
    expect([status, text]).to.deep.equal([200, '{"class":2}']);

    // A place in the log is the same as without a debugger.
    for (const { client } of debuggers.splice(0)) await client.detach();
    expect((await served.call("POST", "/mymodel", { headers, body: "[1, 2, 3, 4, 5]" })).status).to.equal(500);
    const log = served.lines.find((line) => line.includes("transform-failed"))!;
    expect(log).to.match(/"cause":"Error at [^"]*mymodel\/transform\.ts:7:35[^"]*"/);

    // A change moves the lines; the new process has the same port, and the new lines.
    writeFileSync(join(own, "transform.ts"), `// One line more.\n${transform}`);
    await served.run.reload();
    const again = await reattached(model, "/transforms/mymodel.js");
    const moved = await again.stopAt(join(own, "transform.ts"), "return { features:");
    const second = served.call("POST", "/mymodel", { headers, body: "[6.7, 3, 5.2, 2.3]" });
    const [, , [, file, , expression]] = places as [unknown, unknown, (typeof places)[number]];
    expect(await again.stopped(expression)).to.deep.equal({ file, line: moved, value: "6.7,3,5.2,2.3" });
    expect(moved).to.equal((expected[2] as { line: number }).line + 1);
    await again.client.send("Debugger.resume");
    expect((await second).status).to.equal(200);

    await served.run.close();
    served = undefined;
    for (const port of [model, authorizer])
      expect(await targets(port).catch(({ code }: NodeJS.ErrnoException) => code)).to.equal("ECONNREFUSED");
  });
});
