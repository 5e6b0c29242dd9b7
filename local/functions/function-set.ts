// The functions of one graph: the dispatcher of each, and the ARNs that refer to it.

import type { Deployment } from "./deploy";
import type { Functions, Invocation, InvokeOptions } from "./environments/invocation";
import type { Dispatcher } from "./environments/dispatcher";
import { ofType, type Graph } from "../../graph/resource";
import { Unenforceable } from "../base/unenforceable";
import { text } from "./code/read-input";

export class FunctionSet implements Functions {
  /** @param dispatchers by the deployment's key @param arns every ARN that can be invoked */
  constructor(
    readonly dispatchers: ReadonlyMap<string, Dispatcher> = new Map(),
    private readonly arns: ReadonlyMap<string, Deployment> = new Map(),
  ) {}

  knows(functionArn: string): boolean {
    return this.arns.has(functionArn);
  }

  dispatcherOf(functionArn: string): Dispatcher | undefined {
    return this.dispatchers.get(this.arns.get(functionArn)?.key ?? "");
  }

  invoke(functionArn: string, event: unknown, { timeoutMs }: InvokeOptions): Promise<Invocation> {
    const dispatcher = this.dispatcherOf(functionArn);
    if (dispatcher !== undefined) return dispatcher.invoke(functionArn, event, timeoutMs);
    const errorType = "ResourceNotFoundException";
    return Promise.resolve({ kind: "error", errorType, errorMessage: "Function not found." });
  }
}

// Resolves ARNs to functions: unqualified, with a version, or with an alias.

/**
 * Every ARN that can be invoked, with its function.
 * @throws Unenforceable for an alias of an unknown function or version, or one that routes to two versions
 */
export function arnsOf(graph: Graph, deployments: readonly Deployment[]): Map<string, Deployment> {
  const arns = new Map<string, Deployment>();
  for (const deployment of deployments) {
    arns.set(deployment.arn, deployment);
    arns.set(`${deployment.arn}:$LATEST`, deployment);
    arns.set(`${deployment.arn}:${deployment.version}`, deployment);
  }
  for (const alias of ofType(graph, "aws:lambda/alias:Alias")) {
    const target = text(alias, "functionName") ?? "";
    const deployment = deployments.find(({ functionName, arn }) => target === functionName || target === arn);
    if (deployment === undefined)
      throw new Unenforceable(`${alias.urn}: functionName`, "it is not a function of this program");
    const version = text(alias, "functionVersion");
    if (version !== deployment.version && version !== "$LATEST") {
      throw new Unenforceable(
        `${alias.urn}: functionVersion`,
        "only the version that the program deploys can be run here",
      );
    }
    if (alias.inputs["routingConfig"] !== undefined && alias.inputs["routingConfig"] !== null) {
      throw new Unenforceable(`${alias.urn}: routingConfig`, "two versions at once cannot be run here");
    }
    arns.set(`${deployment.arn}:${text(alias, "name") ?? alias.name}`, deployment);
  }
  return arns;
}
