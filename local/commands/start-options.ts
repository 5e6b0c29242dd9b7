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
}

/** The most that the settings allow, but for the quota. */
export const unthrottled =
  "--set apiRateLimit=10000 --set apiBurstLimit=5000 --set keyRateLimit=10000 --set keyBurstLimit=5000 --set keyQuota=1000000000";

export const usage = `npm start -- [options]

  --stack NAME       stack to serve: dev (default), prod
  --set key=value    override a setting; repeatable
  --models DIR       folder of the models, one folder each: <name>/model.onnx
  --port N           port of the first API (default 8443, or a free one where that is taken; 0: any free one)
  --json             once ready, print one JSON line on stdout
  -h, --help         print this

For a load test, lift the throttles and the quota:
  ${unthrottled}`;

const typedIn = folderTypedIn("start");

/** @returns undefined if help was requested. @throws UsageError naming the argument */
export function localOptions(args: string[]): LocalOptions | undefined {
  const { stack, set, models, port, json, help } = parseOptions(args, {
    ...stackOptionTypes,
    models: { type: "string" },
    port: { type: "string" },
    json: { type: "boolean", default: false },
  });
  if (help) return undefined;
  return {
    stack,
    set: { ...readSet(set), ...(models === undefined ? {} : { modelsFolder: resolve(typedIn, models) }) },
    json,
    ...(port === undefined ? {} : { port: portNumber(port) }),
  };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port ${text}: a port is a whole number from 0 to 65535`);
}
