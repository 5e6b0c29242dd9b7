// A client that is generated from the document compiles, and predicts against the local run.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { buildSync } from "esbuild";
import ts from "typescript";
import { apisOf } from "../../access-matrix/apis";
import { projectRoot } from "../../graph/evaluate";
import { openApiDocument } from "../../openapi/document";
import { modelsOf } from "../../openapi/models";
import { type Served, serveStack } from "../local/served";

const client = (row: string) => `
import createClient from "openapi-fetch";
import type { paths } from "./schema";

async function main(): Promise<void> {
  const [, , baseUrl, key] = process.argv;
  const client = createClient<paths>({ baseUrl: baseUrl!, headers: { "x-api-key": key! } });
  const rows = await client.POST("/v1/models/mymodel:predict", { body: { instances: [${row}] } });
  const inputs = [{ name: "features" as const, shape: [1, 4], datatype: "FP32" as const, data: ${row} }];
  const tensors = await client.POST("/v2/models/mymodel/infer", { body: { inputs } });
  const about = await client.GET("/v2/models/{model}", { params: { path: { model: "mymodel" } } });
  const wrong = await client.POST("/v1/models/mymodel:predict", { body: { instances: [[1]] } });
  const name: "label" | "probabilities" | undefined = tensors.data?.outputs[0]?.name;
  console.log(JSON.stringify([rows.data, name, about.data?.name, wrong.response.status, wrong.error?.error]));
}

void main();
`;

describe("A generated client", () => {
  let folder: string;
  let served: Served;
  let faults: Record<string, string[]>;

  before(async () => {
    served = await serveStack();
    folder = mkdtempSync(join(tmpdir(), "openapi-"));
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    const { graph } = served.run;
    const { default: openapiTS, astToString } = await import("openapi-typescript");
    const document = openApiDocument(apisOf(graph)[0]!, modelsOf(graph));
    writeFileSync(join(folder, "schema.ts"), astToString(await openapiTS(JSON.stringify(document))));
    writeFileSync(join(folder, "right.ts"), client("[5.1, 3.5, 1.4, 0.2]"));
    writeFileSync(join(folder, "wrong.ts"), client('["5.1", 3.5, 1.4, 0.2]'));
    faults = faultsOf(["right", "wrong"]);
  });

  after(async () => {
    await served.run.close();
    rmSync(folder, { recursive: true });
  });

  /** What the compiler says of each client, by name; both in one program, because it reads the same libraries for each. */
  function faultsOf(names: readonly string[]): Record<string, string[]> {
    const files = names.map((name) => join(folder, `${name}.ts`));
    const program = ts.createProgram(files, {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: ["node"],
      typeRoots: [join(folder, "node_modules/@types")],
    });
    const faults = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      return { file: file?.fileName, text: ts.flattenDiagnosticMessageText(messageText, "\n") };
    });
    // What is of no client is of all: an option, or the document's types.
    const of = (index: number) => faults.filter(({ file = "" }) => file === files[index] || !files.includes(file));
    return Object.fromEntries(names.map((name, index) => [name, of(index).map(({ text }) => text)]));
  }

  it("compiles, and predicts with rows and tensors, and reads a refusal", async () => {
    expect(faults.right).to.deep.equal([]);
    const bundle = join(folder, "right.cjs");
    const entryPoints = [join(folder, "right.ts")];
    buildSync({ entryPoints, outfile: bundle, bundle: true, platform: "node", format: "cjs" });
    const { run } = served;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [bundle, run.apis[0]!.url, run.credentials.apiKey!],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: run.ca } },
    );
    const [rows, name, about, status, error] = JSON.parse(stdout) as unknown[];
    expect(rows).to.have.nested.property("predictions[0].label", 0);
    expect([name, about, status]).to.deep.equal(["label", "mymodel", 400]);
    expect(error).to.match(/shape of features in instances: must be \[-1, 4\]/);
  });

  it("does not compile with an element of another type", () => {
    expect(faults.wrong!.join("\n")).to.match(/string.*not assignable/);
  });
});
