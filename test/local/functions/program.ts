// Hand-written graphs with functions, and a runner for them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Graph, Resource } from "../../../graph/resource";
import { LocalFunctions, type LocalFunctionsOptions } from "../../../local/functions/local-functions";
import type { LogLine } from "../../../local/functions/environments/log-lines";

const region = "eu-west-1";
const account = "123456789012";

export function arnOf(name: string): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}`;
}

export function resource(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  outputs: Record<string, unknown> = {},
): Resource {
  return {
    type,
    name,
    urn: `urn:pulumi:test::model-serving::${type}::${name}`,
    id: name,
    parent: "",
    inputs,
    outputs: { ...inputs, ...outputs },
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    deleteBeforeReplace: false,
    secrets: [],
  };
}

export function archive(files: Record<string, string>): unknown {
  return {
    archive: { files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, { asset: { text } }])) },
  };
}

/** @param code content of the function's CommonJS module `index.js` */
export function lambda(name: string, code: string, inputs: Record<string, unknown> = {}): Resource {
  return resource(
    "aws:lambda/function:Function",
    name,
    {
      runtime: "nodejs22.x",
      handler: "index.handler",
      memorySize: 256,
      timeout: 900,
      code: archive({ "index.js": code }),
      ...inputs,
    },
    { arn: arnOf(name), name, version: "$LATEST" },
  );
}

export function graphOf(...resources: Resource[]): Graph {
  return { stack: "test", resources, examples: [], outputs: {} };
}

/** Running functions, with the lines that they logged. */
export class Running {
  readonly lines: LogLine[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), "functions-"));
  functions!: LocalFunctions;

  async start(graph: Graph, options: Partial<LocalFunctionsOptions> = {}): Promise<LocalFunctions> {
    this.functions = await LocalFunctions.start(graph, {
      workDirectory: this.directory,
      projectRoot: join(__dirname, "../../.."),
      log: (line) => this.lines.push(line),
      ...options,
    });
    return this.functions;
  }

  async stop(): Promise<void> {
    await (this.functions as LocalFunctions | undefined)?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
