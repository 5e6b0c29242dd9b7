// The functions of one graph: the pool that runs each, and the ARNs that refer to it.

import type { Deployment } from "./deploy";
import type { Functions, Invocation, InvokeOptions } from "./environments/invocation";
import type { Pool } from "./environments/pool";

export class Generation implements Functions {
  /** @param pools by the deployment's key @param arns every ARN that can be invoked */
  constructor(
    readonly pools: ReadonlyMap<string, Pool> = new Map(),
    private readonly arns: ReadonlyMap<string, Deployment> = new Map(),
  ) {}

  knows(functionArn: string): boolean {
    return this.arns.has(functionArn);
  }

  poolOf(functionArn: string): Pool | undefined {
    return this.pools.get(this.arns.get(functionArn)?.key ?? "");
  }

  invoke(functionArn: string, event: unknown, { timeoutMs }: InvokeOptions): Promise<Invocation> {
    const pool = this.poolOf(functionArn);
    if (pool !== undefined) return pool.invoke(functionArn, event, timeoutMs);
    const errorType = "ResourceNotFoundException";
    return Promise.resolve({ kind: "error", errorType, errorMessage: "Function not found." });
  }
}
