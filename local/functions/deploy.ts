// Turns the graph's functions into what can be run: code and layers in folders, settings, environment variables.

import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { ofType, type Graph, type Resource } from "../../graph/resource";
import { Unenforceable } from "../base/unenforceable";
import { debuggedCode } from "./code/debugged-code";
import { codeOf, layersOf, forHost, type Host } from "./code/deployed-code";
import type { Launch } from "./environments/environment";
import { folderOf } from "./code/folder";
import { localesFolder, pathVariable } from "./host-environment";
import { number, output, text, texts } from "./code/read-input";
import type { NodeByRuntime } from "./node/lambda-node";

/** A function, ready to be started. */
export interface Deployment extends Omit<Launch, "runtime"> {
  readonly urn: string;
  readonly arn: string;
  /** The published version, or `$LATEST` if none is published. */
  readonly version: string;
  /** Time limit in milliseconds. */
  readonly timeoutMs: number;
  /** Reserved concurrency; undefined: none is reserved. */
  readonly reserved: number | undefined;
  /** Digest of all other fields: deployments with the same key behave the same. */
  readonly key: string;
}

export type Variables = Readonly<Record<string, string>> | ((functionName: string) => Readonly<Record<string, string>>);

export interface DeployOptions {
  /** Folder that code and layers are written to. */
  readonly directory: string;
  /** The project's root, whose `node_modules` contain the native libraries for this machine. */
  readonly projectRoot: string;
  readonly host: Host;
  readonly nodes: NodeByRuntime;
  /**
   * Variables on top of each function's own, for example `NODE_EXTRA_CA_CERTS`: the same for all, or by function name.
   */
  readonly variables: Variables;
  /** Whether the code is for a debugger. */
  readonly debugged: boolean;
}

/** Settings that change what a function does and cannot be reproduced locally. */
const unsupported = ["imageUri", "fileSystemConfig", "durableConfig", "capacityProviderConfig", "tenancyConfig"];

/** @throws Unenforceable naming a function that cannot be run locally, and why */
export function deploy(graph: Graph, options: DeployOptions): Promise<Deployment[]> {
  return Promise.all(ofType(graph, "aws:lambda/function:Function").map((lambda) => deployOne(graph, lambda, options)));
}

async function deployOne(graph: Graph, lambda: Resource, options: DeployOptions): Promise<Deployment> {
  const runtime = text(lambda, "runtime") ?? "";
  if ((text(lambda, "packageType") ?? "Zip") !== "Zip")
    throw new Unenforceable(lambda.urn, "container images are not run here");
  if (!/^nodejs\d+\.x$/.test(runtime))
    throw new Unenforceable(`${lambda.urn}: runtime`, "only Node.js runtimes are run here");
  for (const key of unsupported) {
    if (lambda.inputs[key] !== undefined)
      throw new Unenforceable(`${lambda.urn}: ${key}`, "it has no counterpart here");
  }
  const handler = text(lambda, "handler");
  if (handler === undefined) throw new Unenforceable(`${lambda.urn}: handler`, "it is not set");
  const architecture = texts(lambda, "architectures")[0] ?? "x86_64";
  const local = (entries: ReturnType<typeof codeOf>) =>
    folderOf(forHost(entries, architecture, options.host, options.projectRoot, lambda.urn), options.directory);
  const code = codeOf(graph, lambda);
  const taskRoot = await local(options.debugged ? await debuggedCode(code, handler, options) : code);
  const opt = await local(layersOf(graph, lambda));

  const arn = output(lambda, "arn");
  const name = output(lambda, "name");
  const memorySize = number(lambda, "memorySize") ?? 128;
  const version =
    typeof lambda.outputs["version"] === "string" && lambda.outputs["version"] !== ""
      ? lambda.outputs["version"]
      : "$LATEST";
  const reserved = number(lambda, "reservedConcurrentExecutions") ?? -1;
  const deployment = {
    urn: lambda.urn,
    arn,
    version,
    functionName: name,
    node: options.nodes.get(runtime) ?? process.execPath,
    taskRoot,
    memorySize,
    timeoutMs: (number(lambda, "timeout") ?? 3) * 1000,
    reserved: reserved < 0 ? undefined : reserved,
    variables: {
      TZ: ":UTC",
      LANG: "en_US.UTF-8",
      LOCPATH: localesFolder(dirname(options.directory)),
      PATH: pathVariable(opt),
      ...ownVariables(lambda, opt),
      ...(typeof options.variables === "function" ? options.variables(name) : options.variables),
      // Reserved variables: Lambda rejects a function that sets them.
      _HANDLER: handler,
      AWS_REGION: arn.split(":")[3]!,
      AWS_DEFAULT_REGION: arn.split(":")[3]!,
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup(lambda) ?? `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: `local/[${version}]`,
      LAMBDA_TASK_ROOT: taskRoot,
      // As on Lambda, without the runtime's own folders: the AWS SDK that Lambda ships must be bundled instead.
      NODE_PATH: [
        join(opt, "nodejs", `node${/\d+/.exec(runtime)![0]}`, "node_modules"),
        join(opt, "nodejs", "node_modules"),
      ].join(":"),
    },
  };
  return { ...deployment, key: createHash("sha256").update(JSON.stringify(deployment)).digest("hex") };
}

/** The function's variables; values that are paths below `/opt` are rewritten to the local folder of its layers. */
function ownVariables(lambda: Resource, opt: string): Record<string, string> {
  const environment = (lambda.inputs["environment"] ?? {}) as { variables?: Record<string, unknown> };
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment.variables ?? {})) {
    if (typeof value !== "string")
      throw new Unenforceable(`${lambda.urn}: environment.variables.${name}`, "it is not a text");
    variables[name] = value === "/opt" || value.startsWith("/opt/") ? opt + value.slice("/opt".length) : value;
  }
  return variables;
}

function logGroup(lambda: Resource): string | undefined {
  const group = (lambda.inputs["loggingConfig"] as { logGroup?: unknown } | undefined)?.logGroup;
  return typeof group === "string" && group !== "" ? group : undefined;
}

/**
 * Bundles the program of a function's process into one file, so that it starts about as fast as an empty Node process.
 * @returns path of the bundle, in `directory`
 */
export async function bundleRuntime(directory: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, "runtime/child.ts")],
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    write: false,
    logLevel: "silent",
  });
  mkdirSync(directory, { recursive: true });
  // Replaced atomically: another run may be starting a process from it.
  const file = join(directory, "runtime.cjs");
  const unfinished = `${file}.${randomUUID()}`;
  writeFileSync(unfinished, outputFiles[0]!.contents);
  renameSync(unfinished, file);
  return file;
}
