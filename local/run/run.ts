// The local run: the program's graph, served. Settings → graph → functions, issuer and APIs → servers on loopback.

import { join } from "node:path";
import { projectRoot } from "../../graph/evaluate";
import { type Graph, ofType } from "../../graph/resource";
import { type LocalAws, openLocalAws } from "../aws/local-aws";
import { openAuthority } from "../certificates/authority";
import { clientFiles } from "../credentials/client-certificate-files";
import { clientPrincipals } from "../credentials/clients";
import { type Credentials, merged } from "../credentials/credentials";
import { openDoors } from "./doors";
import { LocalFunctions } from "../functions/local-functions";
import { checkCoverage } from "../gateway/coverage/coverage";
import { domainsOf } from "../gateway/domains/domains";
import { gatewayOf } from "../gateway/gateway";
import type { NotEnforced } from "../base/unenforceable";
import { openHome } from "../base/home";
import { accountOf, identitiesOf } from "../iam/identities";
import { playIssuer } from "./issuer-role";
import { Metrics } from "../metrics/metrics";
import { serveMetrics } from "../metrics/metrics-server";
import { ModelCheck } from "./model-check";
import { RunProgram } from "./program";
import { takeUpPublications } from "./publications";
import { startRotation } from "./rotation";
import type { RunLog } from "./run-log";
import { type RunningApi, runningApi } from "./running-api";
import { servedModels } from "./served-models";
import { FollowedPublications } from "../training/publishing/follow";

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
  /** Receives a sentence about each change during the run. */
  readonly tell?: (line: string) => void;
}

export interface LocalRun {
  readonly graph: Graph;
  readonly apis: readonly RunningApi[];
  /** Merged from all APIs; where several have the same field, the first API's value wins. */
  readonly credentials: Credentials;
  /** Path of the certificate that clients must trust. */
  readonly ca: string;
  readonly notEnforced: readonly NotEnforced[];
  /** URL that Prometheus scrapes: the metrics in the run's log lines. */
  readonly metrics: string;
  readonly functions: LocalFunctions;
  /** Stand-ins for AWS services; undefined if no API key is rotated. */
  readonly aws: LocalAws | undefined;
  /** Whether the usual port was in use and another one was taken. */
  readonly movedPort: boolean;
  /**
   * Evaluates the program again and swaps in its functions.
   * @throws the fault; the previous functions then stay in place
   */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts everything; the APIs answer once this resolves.
 * @throws Unenforceable for a declared protection or integration that cannot be enforced locally; the program's own
 *   error for faults in settings or sources; Error for a port that is in use, and for a program without an API
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
    const program = new RunProgram(options.stack, options.set, seed);
    const plain = await program.evaluate();
    const authority = await openAuthority(
      home.authority,
      domainsOf(plain).map(({ name }) => name),
    );
    requireApi(plain);
    const role = await playIssuer(plain, program, { authority, seed }, opened);
    const { graph = plain, issuer, tenant } = role ?? {};

    checkCoverage(graph); // Before any function is started.
    const aws = await openLocalAws({ graph, authority, seed, clock: Date.now, overlapSeconds: options.overlapSeconds });
    if (aws !== undefined) opened(aws.close);
    const publications = new FollowedPublications({
      ...{ authority, seed, clock: Date.now, folder: join(home.cloud, options.stack) },
    });
    opened(() => publications.close());
    await publications.open(graph);
    const modelCheck = new ModelCheck();
    const metrics = new Metrics(graph);
    const functions = await LocalFunctions.start(graph, {
      workDirectory: home.work,
      projectRoot,
      prove: (next, functions) => modelCheck.check(servedModels(next), functions),
      log: (line) => {
        modelCheck.hear(line);
        metrics.function(line.functionName, line.text);
        options.log.function(line);
      },
      variables: (name) => ({
        NODE_EXTRA_CA_CERTS: authority.file,
        ...aws?.variablesOf(name),
        ...publications.variablesOf(name),
      }),
    });
    opened(() => functions.close());

    const principals = clientPrincipals(graph, seed, accountOf(graph).id);
    const identities = identitiesOf(graph, seed, { keys: (pool) => issuer?.pools.keys(pool) ?? [] }, [
      ...(aws === undefined ? [] : [aws.role]),
      ...principals.values(),
    ]);
    const gateway = gatewayOf({
      graph,
      functions,
      identities,
      clock: options.clock ?? Date.now,
      authority: authority.certificate,
      madeKeys: aws?.keys,
      accessLog: (api, line) => {
        metrics.access(api, line);
        options.log.access(api, line);
      },
      faultLog: (api, requestId, reason) => options.log.fault(api, requestId, reason),
    });
    const { doors, moved, close: closeDoors } = await openDoors(gateway, authority, options.port);
    opened(closeDoors);
    const metricsServer = await serveMetrics(() => metrics.text(), options.port === 0 ? 0 : undefined);
    opened(metricsServer.close);
    if (aws !== undefined) {
      const place = { functions, doors, ca: authority.file, stack: options.stack, runs: home.runs };
      opened(await startRotation(aws, place));
    }

    const asksForCertificate = gateway.domains.some(({ mutualTls }) => mutualTls);
    const certificate = asksForCertificate ? await clientFiles(authority, home.authority) : undefined;
    if (certificate !== undefined) opened(certificate.remove);
    const rotatedKeys = new Map(aws?.secrets.map(({ client }) => [client, aws.currentKey(client)]));
    const sources = { graph, identities, issuer, tenant, rotatedKeys, principals, certificate };
    const apis = await Promise.all(doors.map((door) => runningApi(door, sources)));
    takeUpPublications(publications, program, functions, options.tell ?? (() => undefined));
    return {
      graph,
      apis,
      credentials: merged(apis.map(({ credentials }) => credentials)),
      ca: authority.file,
      notEnforced: gateway.notEnforced,
      metrics: metricsServer.url,
      functions,
      aws,
      movedPort: moved,
      reload: async () => functions.replace(await program.evaluate()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Without an API nobody could call the run. */
function requireApi(graph: Graph): void {
  const apis = ["aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api"];
  if (apis.some((type) => ofType(graph, type).length > 0)) return;
  throw new Error(
    `stack ${graph.stack} has no API to serve: switch on a module that has one, for example --set apiGateway=true`,
  );
}
