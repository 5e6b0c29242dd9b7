// Options of `npm start`.

import { resolve } from "node:path";
import {
  folderTypedIn,
  parseOptions,
  readSet,
  stackOptionTypes,
  type StackOptions,
  UsageError,
} from "../../graph/options";

export interface LocalOptions extends StackOptions {
  /** Port of the first API. Undefined: the usual port, or any free one if it is in use. 0: any free port. */
  readonly port?: number;
  /** Print one JSON line on stdout once ready, and nothing else there. */
  readonly json: boolean;
  /** Whether the console is served. */
  readonly console: boolean;
  /** First port at which debuggers attach to the functions, 0 for any free ones. Undefined: none can. */
  readonly inspect?: number;
  /** By model: the V2 server that computes it in the place of its endpoint's engine. */
  readonly engines: ReadonlyMap<string, URL>;
}

/** The most that the settings allow, but for the quota. */
export const unthrottled =
  "--set apiRateLimit=10000 --set apiBurstLimit=5000 --set keyRateLimit=10000 --set keyBurstLimit=5000 --set keyQuota=1000000000";

export const usage = `npm start -- [options]

  --stack NAME       stack to serve: dev (default), prod
  --set key=value    override a setting; repeatable
  --models DIR       folder of the models, one folder each: <name>/model.onnx
  --port N           port of the first API (default 8443, or a free one where that is taken; 0: any free one)
  --engine NAME=URL  V2 server (Triton, KServe, OpenVINO) in the place of the engine of a model at an
                     endpoint; repeatable. URL: http://127.0.0.1:8000, with /v2/models/OTHER if it has another name there
  --inspect[=PORT]   let a debugger attach to the functions: to the models' at this port (default 9229), to others at
                     those after it. Each then runs one call at a time, without time limits
  --no-console       serve no console for the browser
  --json             once ready, print one JSON line on stdout
  -h, --help         print this

For a load test, lift the throttles and the quota:
  ${unthrottled}`;

const typedIn = folderTypedIn("start");

/** @returns undefined if help was requested. @throws UsageError naming the argument */
export function localOptions(args: string[]): LocalOptions | undefined {
  const {
    stack,
    set,
    models,
    port,
    engine,
    inspect,
    json,
    help,
    "no-console": noConsole,
  } = parseOptions(withInspectorPort(args), {
    ...stackOptionTypes,
    models: { type: "string" },
    port: { type: "string" },
    engine: { type: "string", multiple: true },
    inspect: { type: "string" },
    "no-console": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  });
  if (help) return undefined;
  return {
    stack,
    set: { ...readSet(set), ...(models === undefined ? {} : { modelsFolder: resolve(typedIn, models) }) },
    json,
    console: !noConsole,
    engines: readEngines(engine),
    ...(port === undefined ? {} : { port: portNumber(port) }),
    ...(inspect === undefined ? {} : { inspect: inspectorPort(inspect) }),
  };
}

/** Port of Node's inspector, where none is given. */
const usualInspectorPort = 9229;

/** Completes `--inspect`, whose value may be left out, as Node's own. @throws UsageError for a value after a space */
function withInspectorPort(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    if (arg !== "--inspect") return arg;
    const next = args[index + 1] ?? "";
    if (/^\d+$/.test(next)) throw new UsageError(`--inspect ${next}: write it as --inspect=${next}`);
    return `--inspect=${usualInspectorPort}`;
  });
}

/** @throws UsageError for a port that Node's inspector does not take */
function inspectorPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && (port === 0 || (port >= 1024 && port <= 65_535))) return port;
  throw new UsageError(
    `--inspect=${text}: its port is a whole number from 1024 to 65535 on this machine, or 0 for any free ones`,
  );
}

/** @throws UsageError for what is no NAME=URL, and for a name that is given twice */
function readEngines(given: readonly string[] = []): Map<string, URL> {
  const engines = new Map<string, URL>();
  for (const text of given) {
    const [, name, address] = /^([\w.-]+)=(https?:\/\/.+)$/.exec(text) ?? [];
    const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
    if (name === undefined || url === undefined || url.username !== "" || url.search !== "" || url.hash !== "")
      throw new UsageError(`--engine ${name ?? "…"}: write it as --engine NAME=http://127.0.0.1:8000`);
    if (engines.has(name)) throw new UsageError(`--engine ${name}: it is given twice`);
    engines.set(name, url);
  }
  return engines;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port ${text}: a port is a whole number from 0 to 65535`);
}
