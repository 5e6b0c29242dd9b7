// The local run: the program's graph, served. Settings → graph → functions, issuer and APIs → servers on the loopback.

import { join } from "node:path";
import { evaluate, projectRoot } from "../graph/evaluate";
import type { Graph } from "../graph/resource";
import { type LocalAws, openLocalAws } from "./aws/local-aws";
import { writeRunFile } from "./aws/run-file";
import { openAuthority } from "./certificates";
import { type ClientFiles, clientFiles } from "./client-certificate";
import { clientCredentials } from "./client-credentials";
import { clientPrincipals } from "./clients";
import { type Credentials, credentialsOf, merged, userPools } from "./credentials";
import { type Door, openDoors } from "./doors";
import { LocalFunctions } from "./functions/local-functions";
import type { LogLine } from "./functions/log-lines";
import { checkCoverage } from "./gateway/coverage";
import { domainsOf } from "./gateway/domains/domains";
import type { ServedApi } from "./gateway/front";
import { gatewayOf } from "./gateway/gateway";
import type { NotEnforced } from "./gateway/unenforceable";
import { Metrics } from "./metrics/metrics";
import { serveMetrics } from "./metrics/server";
import { openHome } from "./home";
import { accountOf, identitiesOf } from "./identities";
import { type LocalIssuer, startIssuer } from "./issuer/issuer";
import { ModelCheck } from "./model-check";
import { servedModels } from "./served-models";
import { tenantOf } from "./tenant";
import { FollowedPublications } from "./training/follow";
import { servedVersion } from "./training/served-version";

export interface RunOptions {
  readonly stack: string;
  readonly set: Readonly<Record<string, unknown>>;
  /** Port of the first API; the others follow it. 0: any free ones. Undefined: the usual one, or any free one. */
  readonly port?: number;
  readonly log: RunLog;
  /** Seconds that a replaced API key stays valid, in place of the stack's hours. */
  readonly overlapSeconds?: number;
  /** Hears, in words, what changes while the run goes on. */
  readonly tell?: (line: string) => void;
}

/** Hears what happens; called for each request, so it must be quick. No credential reaches it. */
export interface RunLog {
  function(line: LogLine): void;
  access(api: string, line: string): void;
  fault(api: string, requestId: string, reason: string): void;
}

export interface RunningApi extends Omit<Door, "api">, Pick<ServedApi, "name" | "routes"> {
  /** What lets a caller in to this API. */
  readonly credentials: Credentials;
}

export interface LocalRun {
  readonly graph: Graph;
  readonly apis: readonly RunningApi[];
  /** Of all APIs in one; where two ask for different ones of a kind, the first API's. */
  readonly credentials: Credentials;
  /** Path of the certificate that clients must trust. */
  readonly ca: string;
  readonly notEnforced: readonly NotEnforced[];
  /** Where Prometheus scrapes what the run's log lines measure. */
  readonly metrics: string;
  readonly functions: LocalFunctions;
  /** What stands in for AWS's services; absent where no API key is rotated. */
  readonly aws: LocalAws | undefined;
  /** Whether another than the usual port had to be taken. */
  readonly movedPort: boolean;
  /** Evaluates the program again and swaps its functions in. @throws what is wrong; the run goes on as before */
  reload(): Promise<void>;
  close(): Promise<void>;
}

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
    let set = options.set;
    const program = () => evaluate({ stack: options.stack, set, seed: home.seed });
    let graph = await program();
    const authority = await openAuthority(
      home.authority,
      domainsOf(graph).map(({ name }) => name),
    );

    // The issuer plays its part only where the program asks for one that nobody named.
    let issuer: LocalIssuer | undefined;
    if (userPools(graph).length > 0 || exampleIssuers.some(({ setting }) => graph.examples.includes(setting))) {
      const { url } = (issuer = await startIssuer({ certificate: await authority.server(["localhost"]) }));
      undo.push(issuer.close);
      const played = exampleIssuers.filter(({ setting }) => graph.examples.includes(setting));
      set = { ...set, ...Object.fromEntries(played.map(({ setting, value }) => [setting, value(url)])) };
      if (played.length > 0) graph = await program();
    }
    const tenant = issuer && tenantOf(graph, issuer.url, home.seed);
    await issuer?.configure(tenant!, userPools(graph));

    checkCoverage(graph); // Before any of its functions is started.
    const { seed } = home;
    const aws = await openLocalAws({ graph, authority, seed, clock: Date.now, overlapSeconds: options.overlapSeconds });
    if (aws !== undefined) undo.push(aws.close);
    const publications = new FollowedPublications({
      ...{ authority, seed, clock: Date.now, folder: join(home.cloud, options.stack) },
    });
    undo.push(() => publications.close());
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
    undo.push(() => functions.close());
    const principals = clientPrincipals(graph, home.seed, accountOf(graph));
    const identities = identitiesOf(graph, home.seed, { keys: (pool) => issuer?.pools.keys(pool) ?? [] }, [
      ...(aws === undefined ? [] : [aws.role]),
      ...principals.values(),
    ]);
    const gateway = gatewayOf({
      graph,
      functions,
      identities,
      clock: Date.now,
      authority: authority.certificate,
      madeKeys: aws?.keys,
      accessLog: (api, line) => {
        metrics.access(api, line);
        options.log.access(api, line);
      },
      faultLog: (api, requestId, reason) => options.log.fault(api, requestId, reason),
    });
    const { doors, moved, close: closeDoors } = await openDoors(gateway, authority, options.port);
    undo.push(closeDoors);
    const metricsServer = await serveMetrics(() => metrics.text(), options.port === 0 ? 0 : undefined);
    undo.push(metricsServer.close);
    if (aws !== undefined) {
      await aws.deploy(functions, (apiId) => doors.find(({ api }) => api.id === apiId)?.url ?? "");
      const { accessKeyId, secretAccessKey } = aws.operator;
      const { region, apiRegion, functionName, url: endpoint, secret } = aws;
      const reach = { pid: process.pid, stack: options.stack, endpoint, ca: authority.file, region, apiRegion };
      const remove = writeRunFile(home.runs, {
        ...reach,
        ...{ secretId: secret.arn, functionName, accessKeyId, secretAccessKey },
      });
      undo.push(() => Promise.resolve(remove()));
    }
    const rotatedKey = aws?.currentKey();

    let client: ClientFiles | undefined;
    if (gateway.domains.some(({ mutualTls }) => mutualTls)) {
      client = await clientFiles(authority, home.authority);
      undo.push(client.remove);
    }
    const apis: RunningApi[] = [];
    for (const { api, ...door } of doors) {
      const own = await credentialsOf(api, { graph, identities, issuer, tenant, rotatedKey });
      const applications = tenant?.applications ?? [];
      const clients = await clientCredentials(api.id, {
        graph,
        principals,
        issuer,
        applications,
        pools: userPools(graph),
      });
      const shown = client && door.domains.some(({ mutualTls }) => mutualTls);
      const { clientCert, clientKey } = client ?? {};
      const { name, routes } = api;
      apis.push({
        ...door,
        name,
        routes,
        credentials: { ...own, ...firstOf(clients), ...(shown && { clientCert, clientKey }) },
      });
    }
    publications.follow(async (models) => {
      // Published while the stack has its module off: from here on this run has it on, so that what was published is served.
      if (!publications.isOn && set.sagemaker === undefined) {
        set = { ...set, sagemaker: true };
        const next = await program();
        await publications.open(next);
        await functions.replace(next);
      }
      const served = publications.isOn ? servedModels(graph) : undefined;
      for (const name of served?.names.filter((each) => models.includes(each)) ?? []) {
        const version = await servedVersion(functions, served!.functionArn, name);
        if (version !== undefined) options.tell?.(`${name}: version ${version} is served.`);
      }
    });
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
      reload: async () => functions.replace(await program()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the API lists of clients; the first one is who is let in where nobody in particular is asked for. */
function firstOf(clients: NonNullable<Credentials["clients"]>): Credentials {
  const [first] = Object.values(clients);
  return first === undefined ? {} : { ...first, clients };
}

/** Settings by which the program names an issuer, and how the local one is put in its place. */
const exampleIssuers: readonly { readonly setting: string; readonly value: (url: string) => string }[] = [
  { setting: "oidcIssuer", value: (url) => url },
  // A tenant's issuer is `https://<domain>/`.
  { setting: "auth0Domain", value: (url) => new URL(url).host },
];
