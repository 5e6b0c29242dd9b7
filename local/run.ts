// The local run: the program's graph, served. Settings → graph → functions, issuer and APIs → servers on the loopback.

import { evaluate, projectRoot } from "../graph/evaluate";
import type { Graph } from "../graph/resource";
import { openAuthority } from "./certificates";
import { type Credentials, credentialsOf, tenantOf, userPools } from "./credentials";
import { LocalFunctions } from "./functions/local-functions";
import type { LogLine } from "./functions/log-lines";
import { checkCoverage } from "./gateway/coverage";
import type { NotEnforced } from "./gateway/unenforceable";
import type { ServedApi } from "./gateway/front";
import { keyRequired, protectionOf } from "./gateway/protections/protection";
import { Usage } from "./gateway/protections/usage";
import { restApis } from "./gateway/rest-api";
import { type GatewayServer, serve } from "./gateway/server";
import { openHome } from "./home";
import { identitiesOf } from "./identities";
import { type LocalIssuer, startIssuer } from "./issuer/issuer";

export interface RunOptions {
  readonly stack: string;
  readonly set: Readonly<Record<string, unknown>>;
  /** Port of the first API; the others follow it. 0: any free ones. Undefined: the usual one, or any free one. */
  readonly port?: number;
  readonly log: RunLog;
}

/** Hears what happens; called for each request, so it must be quick. No credential reaches it. */
export interface RunLog {
  function(line: LogLine): void;
  access(api: string, line: string): void;
  fault(api: string, requestId: string, reason: string): void;
}

export interface RunningApi extends Pick<ServedApi, "name" | "routes" | "minVersion"> {
  /** Base with the stage, `https://localhost:<port>/<stage>`. */
  readonly url: string;
}

export interface LocalRun {
  readonly graph: Graph;
  readonly apis: readonly RunningApi[];
  readonly credentials: Credentials;
  /** Path of the certificate that clients must trust. */
  readonly ca: string;
  readonly notEnforced: readonly NotEnforced[];
  readonly functions: LocalFunctions;
  /** Whether another than the usual port had to be taken. */
  readonly movedPort: boolean;
  /** Evaluates the program again and swaps its functions in. @throws what is wrong; the run goes on as before */
  reload(): Promise<void>;
  close(): Promise<void>;
}

const usualPort = 8443;

/**
 * Starts everything; when this resolves, the APIs answer.
 * @throws Unenforceable for what decides who may call, or what answers, and cannot be enforced here; the program's own
 *   error for faults in settings and sources; Error for a port that is taken
 */
export async function startRun(options: RunOptions): Promise<LocalRun> {
  const home = openHome(projectRoot);
  const undo: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const authority = await openAuthority(home.authority);
    const certificate = await authority.server(["localhost", "127.0.0.1", "::1"]);
    let set = options.set;
    const program = () => evaluate({ stack: options.stack, set, seed: home.seed });
    let graph = await program();

    // The issuer plays its part only where the program asks for one that nobody named.
    let issuer: LocalIssuer | undefined;
    if (userPools(graph).length > 0 || graph.examples.includes("oidcIssuer")) {
      issuer = await startIssuer({ certificate });
      undo.push(issuer.close);
      if (graph.examples.includes("oidcIssuer")) {
        set = { ...set, oidcIssuer: issuer.url };
        graph = await program();
      }
    }
    const tenant = issuer && tenantOf(graph, issuer.url, home.seed);
    await issuer?.configure(tenant!, userPools(graph));

    const notEnforced = checkCoverage(graph);
    const functions = await LocalFunctions.start(graph, {
      workDirectory: home.work,
      projectRoot,
      log: (line) => options.log.function(line),
      variables: { NODE_EXTRA_CA_CERTS: authority.file },
    });
    undo.push(() => functions.close());
    const identities = identitiesOf(graph, home.seed, { keys: (pool) => issuer?.pools.keys(pool) ?? [] });
    const served = apisOf(graph, functions, identities, options.log);

    const apis: RunningApi[] = [];
    let movedPort = false;
    for (const [index, api] of served.entries()) {
      const tls = { cert: certificate.cert, key: certificate.key };
      const { server, moved } = await listen(api, tls, options.port, index);
      movedPort ||= moved;
      undo.push(() => server.close());
      const { name, routes, minVersion } = api;
      apis.push({ name, routes, minVersion, url: `https://localhost:${server.port}${api.basePath}` });
    }
    return {
      graph,
      apis,
      credentials: await credentialsOf(graph, served, identities, issuer, tenant),
      ca: authority.file,
      notEnforced,
      functions,
      movedPort,
      reload: async () => functions.replace(await program()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function apisOf(
  graph: Graph,
  functions: LocalFunctions,
  identities: ReturnType<typeof identitiesOf>,
  log: RunLog,
): ServedApi[] {
  const clock = Date.now;
  return restApis({
    graph,
    functions,
    guards: {
      guard: (operation, document) => ({
        ...protectionOf({ graph, functions, identities, clock }, operation, document),
        keyRequired: keyRequired(operation, document),
      }),
      admission: (apiId, stage) => new Usage(graph, apiId, stage, clock),
    },
    accessLog: (api, line) => log.access(api, line),
    faultLog: (api, requestId, reason) => log.fault(api, requestId, reason),
  });
}

/** Listens on the asked port; on the usual one, or any free one, where none was asked for. */
async function listen(
  api: ServedApi,
  tls: { cert: string; key: string },
  asked: number | undefined,
  index: number,
): Promise<{ server: GatewayServer; moved: boolean }> {
  const port = asked === 0 ? 0 : (asked ?? usualPort) + index;
  try {
    return { server: await serve(api, { tls, port }), moved: false };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    if (asked !== undefined) {
      const why = code === "EACCES" ? "may not be used without more rights" : "is taken by another program";
      throw new Error(`port ${port} ${why}: choose another with --port, or --port 0 for any free one`);
    }
    return { server: await serve(api, { tls, port: 0 }), moved: true };
  }
}
