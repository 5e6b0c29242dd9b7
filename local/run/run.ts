// The local run: the program's graph, served. Settings → graph → functions, issuer and APIs → servers on loopback.

import { evaluate, type EvaluateOptions, projectRoot } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import type { LocalAws } from "../aws/local-aws";
import { startRotation } from "../aws/run-file";
import { type ClientFiles, openAuthority, clientFiles } from "../certificates/authority";
import { clientPrincipals } from "../credentials/clients";
import { type Credentials, merged } from "../credentials/credentials";
import { openListeners } from "./listeners";
import type { LocalEndpoints } from "../endpoints/local-endpoints";
import { LocalFunctions } from "../functions/local-functions";
import { lambdaNodes } from "../functions/node/lambda-node";
import { checkCoverage } from "../gateway/coverage/coverage";
import { domainsOf } from "../gateway/custom-domains";
import { type GatewayContext, gatewayOf } from "../gateway/gateway";
import { hostProxy, trustedFile } from "../base/host-network";
import type { NotEnforced } from "../base/unenforceable";
import { openHome } from "../base/home";
import { accountOf, type Identities, identitiesOf } from "../iam/identities";
import { Metrics } from "../metrics/metrics";
import { ModelCheck } from "./model-check";
import { firstFault } from "./model-report";
import { RunProgram, provideIssuer, requireApi, tokenAuthorizers } from "./program";
import type { RunLog } from "./run-log";
import { type RunningApi, runningApi } from "./running-api";
import { servedModels, watchPublications } from "./served-models";
import { openStandIns, replaceAll } from "./stand-ins";
import { serveMetrics } from "../metrics/exposition";

export interface RunOptions {
  readonly stack: string;
  /** Settings that override the stack's, by name. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Port of the first API; others take the next ones. 0: any free ports. Undefined: the usual one, or any free one. */
  readonly port?: number;
  readonly log: RunLog;
  /** Seconds that a replaced API key stays valid; overrides the stack's setting, which is in hours. */
  readonly overlapSeconds?: number;
  /** Milliseconds since the epoch, for what counts requests per time; the system's clock by default. */
  readonly clock?: () => number;
  /** Whether functions are run by Lambda's Node.js, which may have to be fetched; otherwise by this process's. */
  readonly lambdaNode?: boolean;
  /** By model: the V2 server that computes it in the place of its endpoint's engine. */
  readonly engines?: ReadonlyMap<string, URL>;
  /** Lets debuggers attach to the functions: the first port, or 0 for any free ones. */
  readonly inspect?: number;
  /** Receives every call once it is answered. */
  readonly watch?: GatewayContext["watch"];
  /** Receives a sentence about each change during the run. */
  readonly tell?: (line: string) => void;
  /** Evaluates the program; `evaluate` by default. Another one can serve a graph with a mistake in it. */
  readonly evaluation?: (options: EvaluateOptions) => Promise<Graph>;
}

export interface LocalRun {
  readonly graph: Graph;
  readonly apis: readonly RunningApi[];
  /** Merged from all APIs; where several have the same field, the first API's value wins. */
  readonly credentials: Credentials;
  readonly identities: Identities;
  /** Client certificates; undefined if no API requires one. */
  readonly certificate: ClientFiles | undefined;
  /** Path of the certificate that clients must trust. */
  readonly ca: string;
  readonly notEnforced: readonly NotEnforced[];
  /** URL that Prometheus scrapes: the metrics in the run's log lines. */
  readonly metrics: string;
  /** What it scrapes there. */
  metricsText(): string;
  readonly functions: LocalFunctions;
  /** Stand-ins for AWS services; undefined if no API key is rotated. */
  readonly aws: LocalAws | undefined;
  /** SageMaker's endpoints; none if every model is computed by the function. */
  readonly endpoints: LocalEndpoints;
  /** Whether the usual port was in use and another one was taken. */
  readonly movedPort: boolean;
  /**
   * Evaluates the program again and swaps in its functions.
   * @returns the graph that is served now
   * @throws the error; the previous functions then stay in place
   */
  reload(): Promise<Graph>;
  close(): Promise<void>;
}

/**
 * Starts everything; the APIs answer once this resolves.
 * @throws Unenforceable for a declared access control or integration that cannot be enforced locally; the program's own
 *   error about settings or sources; Error for a port that is in use, and for a program without an API
 */
export async function startRun(options: RunOptions): Promise<LocalRun> {
  const home = openHome(projectRoot);
  const { seed } = home;
  const undo: (() => Promise<void>)[] = [];
  const opened = (close: () => Promise<void>) => void undo.push(close);
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const program = new RunProgram(options.stack, options.set, seed, options.evaluation ?? evaluate);
    const plain = await program.evaluate();
    const domains = domainsOf(plain).map(({ name }) => name);
    const authority = await openAuthority(home.authority, domains);
    requireApi(plain);
    const { graph = plain, issuer, tenant } = (await provideIssuer(plain, program, { authority, seed }, opened)) ?? {};

    const notEnforced = checkCoverage(graph); // Before any function is started.
    const { overlapSeconds, engines = new Map<string, URL>(), log, tell = () => undefined, inspect } = options;
    const standIns = await openStandIns(
      {
        ...{ graph, home, authority, stack: options.stack, overlapSeconds, engines },
        log: (endpoint, text) => log.function({ functionName: endpoint, stream: "stderr", text }),
      },
      opened,
    );
    const { aws, publications, endpoints } = standIns;
    const modelCheck = new ModelCheck();
    const principals = clientPrincipals(graph, seed, accountOf(graph).id);
    const identities = identitiesOf(graph, seed, { keys: (pool) => issuer?.pools.keys(pool) ?? [] }, [
      ...(aws === undefined ? [] : [aws.role]),
      ...principals.values(),
    ]);
    const gateway = gatewayOf({
      graph,
      // Started below: only a request invokes one.
      functions: { invoke: (...invocation) => functions.invoke(...invocation) },
      identities,
      clock: options.clock ?? Date.now,
      authority: authority.certificate,
      madeKeys: aws?.keys,
      watch: options.watch,
      accessLog: (api, line, record) => {
        metrics.access(api, record);
        log.access(api, line, record);
      },
      errorLog: (api, requestId, reason) => log.error(api, requestId, reason),
    });
    const trusted = trustedFile(authority.file, home.authority);
    const authorizers = tokenAuthorizers(graph);
    const metrics = new Metrics(graph, gateway.apis);
    const nodes = options.lambdaNode === true ? await lambdaNodes(graph, home.node, tell) : undefined;
    const functions = await LocalFunctions.start(graph, {
      workDirectory: home.work,
      projectRoot,
      ...{ nodes, inspect },
      prove: (next, functions) =>
        modelCheck.check(servedModels(next), functions, (model) => firstFault(next, model, home.models)),
      log: (line) => {
        modelCheck.logged(line);
        metrics.function(line.functionName, line.text);
        log.function(line);
      },
      variables: (name) => ({
        NODE_EXTRA_CA_CERTS: authority.file,
        // Only authorizers reach out of this machine: other functions call AWS's stand-ins alone.
        ...(authorizers.has(name) && { NODE_EXTRA_CA_CERTS: trusted, ...hostProxy() }),
        ...standIns.variablesOf(name),
      }),
    });
    opened(() => functions.close());

    const { listeners, moved, close: closeListeners } = await openListeners(gateway, authority, options.port);
    opened(closeListeners);
    const metricsServer = await serveMetrics(() => metrics.text(), options.port === 0 ? 0 : undefined);
    opened(metricsServer.close);
    if (aws !== undefined) {
      const apiUrl = (apiId: string) => listeners.find(({ api }) => api.id === apiId)?.url ?? "";
      const rotation = { functions, apiUrl, ca: authority.file, stack: options.stack, runs: home.runs };
      opened(await startRotation(aws, rotation));
    }

    const mutual = gateway.domains.some(({ mutualTls }) => mutualTls);
    const certificate = mutual ? await clientFiles(authority, home.authority) : undefined;
    if (certificate !== undefined) opened(certificate.remove);
    const rotatedKeys = new Map(aws?.secrets.map(({ client }) => [client, aws.currentKey(client)]));
    const sources = { graph, identities, issuer, tenant, rotatedKeys, principals, certificate };
    const apis = await Promise.all(listeners.map((listener) => runningApi(listener, sources)));
    watchPublications(publications, program, functions, tell);
    return {
      graph,
      apis,
      credentials: merged(apis.map(({ credentials }) => credentials)),
      identities,
      certificate,
      ca: authority.file,
      notEnforced,
      ...{ metrics: metricsServer.url, metricsText: () => metrics.text() },
      ...{ functions, aws, endpoints },
      movedPort: moved,
      reload: async () => {
        const next = await program.evaluate();
        await replaceAll(next, endpoints, functions);
        return next;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
