// From the graph to what can be run: each function with its code and layers in folders, its settings and its environment.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { ofType, type Graph, type Resource } from "../../graph/resource";
import { Unenforceable } from "../gateway/unenforceable";
import { codeOf, layersOf } from "./deployed-code";
import type { Launch } from "./environment";
import { folderOf } from "./folder";
import { forHost, type Host } from "./host-libraries";
import { number, output, text, texts } from "./read-input";

/** A function, ready to be started. */
export interface Deployment extends Omit<Launch, "runtime"> {
  readonly urn: string;
  readonly arn: string;
  /** Of the published version; `$LATEST` where none is. */
  readonly version: string;
  /** Time limit in milliseconds. */
  readonly timeoutMs: number;
  readonly reserved: number | undefined;
  /** Digest of all of the above: the same key, the same behaviour. */
  readonly key: string;
}

export type Variables = Readonly<Record<string, string>> | ((functionName: string) => Readonly<Record<string, string>>);

export interface DeployOptions {
  /** Where code and layers are written. */
  readonly directory: string;
  /** The project's root: its `node_modules` hold this machine's native libraries. */
  readonly projectRoot: string;
  readonly host: Host;
  /** Variables on top of each function's own, for example `NODE_EXTRA_CA_CERTS`; for all, or by the function's name. */
  readonly variables: Variables;
}

/** Settings that change what a function does, in ways that have no counterpart here. */
const unsupported = ["imageUri", "fileSystemConfig", "durableConfig", "capacityProviderConfig", "tenancyConfig"];

/** @throws Unenforceable where a function cannot be run here, naming it and why */
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
  const taskRoot = await local(codeOf(graph, lambda));
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
    taskRoot,
    memorySize,
    timeoutMs: (number(lambda, "timeout") ?? 3) * 1000,
    reserved: reserved < 0 ? undefined : reserved,
    variables: {
      TZ: ":UTC",
      LANG: "en_US.UTF-8",
      ...ownVariables(lambda, opt),
      ...(typeof options.variables === "function" ? options.variables(name) : options.variables),
      // Reserved: Lambda refuses a function that sets them.
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
      // Lambda's, without the runtime's own folders: the AWS SDK that it ships is not offered, so bundle it.
      NODE_PATH: [
        join(opt, "nodejs", `node${/\d+/.exec(runtime)![0]}`, "node_modules"),
        join(opt, "nodejs", "node_modules"),
      ].join(":"),
    },
  };
  return { ...deployment, key: createHash("sha256").update(JSON.stringify(deployment)).digest("hex") };
}

/** The function's variables; paths in its layers lead to where those lie here. */
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
