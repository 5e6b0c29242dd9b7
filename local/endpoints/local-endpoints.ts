// The program's SageMaker endpoints on this machine: SageMaker's runtime as a stand-in, by the functions' roles, and an
// engine behind each endpoint. Routes, security groups and VPC endpoints do not exist here.

import { environment } from "../../contract";
import { type Graph, ofType, regionOf, type Resource } from "../../graph/resource";
import { openEndpoint, type Watch } from "../aws/endpoint";
import { roleOf, sdkVariables } from "../aws/principals";
import { recordOf } from "../base/record";
import { Unenforceable } from "../base/unenforceable";
import type { Authority } from "../certificates/authority";
import { OrphanCleanup } from "../functions/environments/orphan-cleanup";
import type { Principal } from "../iam/identities";
import type { GatewayServer } from "../server/server";
import { type DeclaredEndpoint, declaredEndpoints } from "./declared-endpoint";
import { EmbeddedEngine } from "./embedded-engine";
import { type Engine, payloadLimit } from "./engine";
import { requireReadable } from "./repository-permission";
import { removeAbandoned } from "./repository-folder";
import type { V2ServerOptions } from "./v2-server";
import { type InvokableEndpoint, sagemakerRuntime } from "./sagemaker-runtime";

export interface LocalEndpointsOptions {
  readonly authority: Authority;
  /** Secret from which the credentials of the roles are derived. */
  readonly seed: Buffer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly projectRoot: string;
  /** Folder of the models that engines load. */
  readonly folder: string;
  /** Receives each line that an engine writes, with the endpoint's name. */
  readonly log: (endpoint: string, text: string) => void;
  /** Principals besides the functions' roles, who can sign but have no right to call. */
  readonly others?: readonly Principal[];
  /** V2 servers in the place of embedded engines, by the endpoint's name. @throws Error for one that the graph does not have */
  readonly servers?: (graph: Graph) => ReadonlyMap<string, Omit<V2ServerOptions, "digest">>;
}

/** What one graph declares. */
interface Deployed {
  readonly endpoints: ReadonlyMap<string, InvokableEndpoint>;
  /** By function name. */
  readonly roles: ReadonlyMap<string, Principal>;
  /** Name of the function that calls endpoints. */
  readonly caller: string;
}

const nothing: Deployed = { endpoints: new Map(), roles: new Map(), caller: "" };

export class LocalEndpoints {
  /** A test's hook, to observe or interfere with each call. */
  watch: Watch = () => Promise.resolve();
  private current = nothing;
  private server: GatewayServer | undefined;
  /** Started with the first engine. */
  private cleanup: OrphanCleanup | undefined;
  /** Replaced engines that still have requests in flight. */
  private readonly retiring = new Set<Engine>();

  constructor(private readonly options: LocalEndpointsOptions) {
    removeAbandoned(options.folder);
  }

  /** The engine of an endpoint, by the endpoint's name. */
  engineOf(name: string): Engine | undefined {
    return this.current.endpoints.get(name)?.engine;
  }

  get names(): readonly string[] {
    return [...this.current.endpoints.keys()];
  }

  /**
   * Starts the engines of a graph's endpoints; they take over once all are ready, and requests in flight end where they began.
   * An endpoint that did not change keeps its engine.
   * @returns a function that ends the engines that were replaced, and one that puts them back in their place
   * @throws Unenforceable for an endpoint that cannot be run here, or whose model cannot be loaded; everything then stays as it was
   */
  async replace(graph: Graph): Promise<Replacement> {
    const declared = declaredEndpoints(graph);
    const { seed, clock } = this.options;
    for (const { read } of declared) requireReadable(graph, read, seed, clock());
    const before = this.current;
    const fresh: Engine[] = [];
    try {
      const next = declared.length === 0 ? nothing : await this.deployed(graph, declared, fresh);
      if (declared.length > 0) await this.open(graph, declared[0]!);
      this.current = next;
    } catch (error) {
      await Promise.all(fresh.map((engine) => engine.close()));
      throw error;
    }
    const kept = new Set([...this.current.endpoints.values()].map(({ engine }) => engine));
    const replaced = [...before.endpoints.values()].map(({ engine }) => engine).filter((engine) => !kept.has(engine));
    return {
      settle: () => replaced.forEach((engine) => void this.retire(engine)),
      undo: async () => {
        this.current = before;
        await Promise.all(fresh.map((engine) => engine.close()));
      },
    };
  }

  /** Environment variables to add to a function's own: of the function that calls endpoints alone. */
  variablesOf(functionName: string): Readonly<Record<string, string>> {
    const role = this.current.roles.get(functionName);
    if (this.server === undefined || role === undefined || functionName !== this.current.caller) return {};
    return { ...sdkVariables(role), AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: `https://localhost:${this.server.port}` };
  }

  /** Address of the stand-in; `undefined` if there was no endpoint yet. */
  get url(): string | undefined {
    return this.server && `https://localhost:${this.server.port}`;
  }

  /** Kills every engine; resolves when they are gone. */
  async close(): Promise<void> {
    const engines = [...[...this.current.endpoints.values()].map(({ engine }) => engine), ...this.retiring];
    this.current = nothing;
    await this.server?.close(0);
    await Promise.all(engines.map((engine) => engine.close()));
    this.cleanup?.close();
  }

  private async deployed(graph: Graph, declared: readonly DeclaredEndpoint[], fresh: Engine[]): Promise<Deployed> {
    const functions = ofType(graph, "aws:lambda/function:Function");
    const { seed } = this.options;
    const roles = new Map(functions.map((each) => [String(each.outputs.name), roleOf(graph, each, seed)] as const));
    const model = functions.find((each) => environment.defaultModel in variablesOf(each));
    const memoryMb = Number(model?.inputs.memorySize);
    const servers = this.options.servers?.(graph) ?? new Map<string, never>();
    const endpoints = new Map<string, InvokableEndpoint>();
    const opening = declared.map(async (endpoint) => {
      const { name, arn, variant } = endpoint;
      const running = this.current.endpoints.get(name)?.engine;
      const server = servers.get(name);
      const started = () => (server ? this.connect(endpoint, server, fresh) : this.start(endpoint, memoryMb, fresh));
      const engine = running?.model === endpoint.model ? running : await started();
      endpoints.set(name, { name, arn, variant, engine });
    });
    for (const outcome of await Promise.allSettled(opening)) if (outcome.status === "rejected") throw outcome.reason;
    return { endpoints, roles, caller: String(model?.outputs.name) };
  }

  private async start(endpoint: DeclaredEndpoint, memoryMb: number, fresh: Engine[]): Promise<Engine> {
    const { projectRoot, folder, log } = this.options;
    this.cleanup ??= new OrphanCleanup();
    const engine = new EmbeddedEngine(endpoint, {
      ...{ projectRoot, folder, memoryMb, cleanup: this.cleanup },
      log: (text) => log(endpoint.name, text),
    });
    fresh.push(engine);
    await engine.open().catch(({ message }: Error) => {
      throw new Unenforceable(endpoint.urn, `its model cannot be loaded: ${message}`);
    });
    return engine;
  }

  private async connect(
    { model }: DeclaredEndpoint,
    server: Omit<V2ServerOptions, "digest">,
    fresh: Engine[],
  ): Promise<Engine> {
    const { V2Server } = await import("./v2-server");
    const engine = new V2Server({ ...server, digest: model });
    fresh.push(engine);
    await engine.open().catch(({ message }: Error) => {
      throw new Error(`--engine ${server.model}=${server.url.href}: ${message}`);
    });
    return engine;
  }

  /** One server for all graphs of the run, so that its address in the functions' environment stays. */
  private async open(graph: Graph, { arn }: DeclaredEndpoint): Promise<void> {
    if (this.server !== undefined) return;
    const { authority, clock, others = [] } = this.options;
    this.server = await openEndpoint({
      services: [sagemakerRuntime(regionOf(arn), (name) => this.current.endpoints.get(name))],
      identities: {
        byAccessKeyId: (id) =>
          [...this.current.roles.values(), ...others].find(({ accessKeyId }) => accessKeyId === id),
      },
      clock,
      tls: await authority.server(["localhost"]),
      watch: (moment, operation) => this.watch(moment, operation),
      bodyLimit: payloadLimit,
    });
  }

  private async retire(engine: Engine): Promise<void> {
    this.retiring.add(engine);
    await engine.retire();
    this.retiring.delete(engine);
  }
}

export interface Replacement {
  /** Ends the replaced engines, each with its last request. */
  settle(): void;
  /** Puts them back, and ends those that had replaced them. */
  undo(): Promise<void>;
}

function variablesOf({ inputs }: Resource): Readonly<Record<string, unknown>> {
  return recordOf(recordOf(inputs.environment).variables);
}
