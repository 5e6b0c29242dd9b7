// `npm run -s openapi -- --stack NAME [--set key=value] [--api NAME]`: prints the OpenAPI document of an API.

import { apisOf } from "../access-matrix/apis";
import { evaluateGiven } from "../graph/given-cures";
import { parseOptions, readSet, stackOptionTypes, UsageError } from "../graph/options";
import { exampleNote } from "../graph/project";
import { openApiDocument } from "./document";
import { modelsOf } from "./models";

const usage = `npm run -s openapi -- [options]

  --stack NAME       whose API: dev (default), prod
  --set key=value    override a setting; repeatable
  --api NAME         which API, where the stack has several
  -h, --help         print this

Prints the OpenAPI 3.1 document of the API, with the schemas of each model, as JSON: for people and for generated clients.`;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), { ...stackOptionTypes, api: { type: "string" } });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const graph = await evaluateGiven({ stack: options.stack, set: readSet(options.set) });
  if (graph.examples.length > 0) process.stderr.write(`${exampleNote(graph.examples)}\n`);
  const apis = apisOf(graph);
  const names = apis.map(({ name }) => name).join(", ");
  if (apis.length === 0) throw new UsageError("the stack has no API: --set apiGateway=true");
  if (options.api === undefined && apis.length > 1) throw new UsageError(`--api: the stack has ${names}; name one`);
  const api = options.api === undefined ? apis[0] : apis.find(({ name }) => name === options.api);
  if (api === undefined) throw new UsageError(`--api ${options.api}: the stack has ${names}`);
  process.stdout.write(`${JSON.stringify(openApiDocument(api, modelsOf(graph)), null, 2)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
