// The AWS services that the rotation of API keys needs, as stand-ins for a local run: Secrets Manager, API Gateway's
// control plane and Lambda's Invoke. Calls are authorized by the rotation function's role as the program declares it.

import { environment, planTag, secretField } from "../../contract";
import { type Graph, ofType, type Resource, regionOf } from "../../graph/resource";
import type { Authority } from "../certificates/authority";
import type { LocalFunctions } from "../functions/local-functions";
import type { CreatedKeys } from "../gateway/usage/usage-plans";
import { Unenforceable } from "../base/unenforceable";
import type { Principal } from "../iam/identities";
import { apiGatewayControl, planApiOf } from "./api-gateway";
import { ApiKeyStore } from "./api-key-store";
import { openEndpoint, type Watch } from "./endpoint";
import { invokedFunctions, lambdaInvoke } from "./lambda";
import { operatorOf, roleOf, sdkVariables } from "./principals";
import { RotationDriver, rotationTest } from "./rotation";
import { type LocalSecret, secretsManager, secretsOf } from "./secrets-manager";

export interface LocalAwsOptions {
  readonly graph: Graph;
  readonly authority: Authority;
  /** Secret from which the credentials of the principals are derived. */
  readonly seed: Buffer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /**
   * Seconds that a replaced key stays valid; absent: as the stack sets it, hours, for which a rotation test cannot
   * wait.
   */
  readonly overlapSeconds?: number;
}

/** The running stand-ins: their address, the principals that may call them, and their state. */
export interface LocalAws {
  readonly url: string;
  /** Region of the secrets and the rotation function. */
  readonly region: string;
  /** Region of the API. */
  readonly apiRegion: string;
  /** The secrets that rotate: one for each client that has a key, or the single shared one. */
  readonly secrets: readonly LocalSecret[];
  /** The secret of a client; without a client, the shared one. @throws Error if it does not exist */
  secretOf(client?: string): LocalSecret;
  readonly functionName: string;
  readonly functionArn: string;
  /** Stands for the person who deployed the stack. */
  readonly operator: Principal;
  /** Role of the rotation function. */
  readonly role: Principal;
  readonly store: ApiKeyStore;
  readonly keys: CreatedKeys;
  readonly driver: RotationDriver;
  /** A test's hook, to observe or interfere with each call. */
  watch: Watch;
  /**
   * Environment variables to add to those that the program gives a function; empty for all but the rotation function.
   */
  variablesOf(functionName: string): Readonly<Record<string, string>>;
  /**
   * Invokes what a deployment invokes once the API answers, which creates the first keys; then sweeps every hour.
   * @throws Error with the function's error message
   */
  deploy(functions: LocalFunctions, apiUrl: (apiId: string) => string): Promise<void>;
  /** Invokes what destroying the stack invokes. @throws Error with the function's error message */
  destroy(): Promise<void>;
  /** Invokes what the program's hourly schedule invokes. @throws Error with the function's error message */
  sweep(): Promise<void>;
  /**
   * The API key in the AWSCURRENT version of a client's secret, or of the shared one; `undefined` before it has one.
   */
  currentKey(client?: string): string | undefined;
  close(): Promise<void>;
}

/** How often the program's sweep runs, in milliseconds. */
const sweepMs = 3_600_000;

/**
 * @returns `undefined` if the program rotates nothing
 * @throws Unenforceable for a declared resource that has no faithful stand-in here
 */
export async function openLocalAws(options: LocalAwsOptions): Promise<LocalAws | undefined> {
  const { graph, authority, seed, clock } = options;
  const secrets = secretsOf(graph, clock);
  const rotating = secrets.filter(({ rotationFunction }) => rotationFunction !== undefined);
  const [first, ...others] = rotating;
  if (first === undefined) return undefined;
  const strange = others.find(({ rotationFunction }) => rotationFunction !== first.rotationFunction);
  if (strange !== undefined) throw new Unenforceable(strange.arn, "it is rotated by another function than the others");
  const lambda = functionOf(graph, first);
  const variables = (lambda.inputs.environment as { variables: Record<string, string> }).variables;
  const functionName = String(lambda.outputs.name);
  const functionArn = String(lambda.outputs.arn);
  const region = regionOf(functionArn);
  const apiRegion = variables[environment.apiRegion]!;

  const [role, operator] = [roleOf(graph, lambda, seed), operatorOf(graph, seed)];
  const store = new ApiKeyStore();
  let functions: LocalFunctions | undefined;
  let apiUrl = "";
  const running = () => functions!;
  const driver = new RotationDriver(running);
  const local: { watch: Watch } = { watch: () => Promise.resolve() };
  const server = await openEndpoint({
    services: [
      secretsManager(region, secrets, driver.start),
      apiGatewayControl(apiRegion, graph, store, clock),
      lambdaInvoke(region, invokedFunctions(graph, [functionName]), {
        invoke: (...args) => running().invoke(...args),
      }),
      rotationTest(region, secrets, driver),
    ],
    identities: { byAccessKeyId: (id) => [role, operator].find(({ accessKeyId }) => accessKeyId === id) },
    clock,
    tls: await authority.server(["localhost"]),
    watch: async (moment, operation) => {
      await driver.watch(moment, operation);
      await local.watch(moment, operation);
    },
  });
  const url = `https://localhost:${server.port}`;
  const invoke = async (event: unknown): Promise<void> => {
    const outcome = await running().invoke(functionArn, event, { timeoutMs: 60_000 });
    if (outcome.kind === "result") return;
    throw new Error(`${functionName}: ${outcome.kind === "error" ? outcome.errorMessage : outcome.kind}`);
  };
  const lifecycle = async (action: "create" | "delete"): Promise<void> => {
    for (const { inputs } of ofType(graph, "aws:lambda/invocation:Invocation")) {
      if (inputs.lifecycleScope === "CRUD" && inputs.functionName === functionName) {
        await invoke({ ...(JSON.parse(String(inputs.input)) as object), tf: { action, prev_input: null } });
      }
    }
  };
  const sweeps = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget")
    .filter(({ inputs }) => inputs.arn === functionArn)
    .map(({ inputs }): unknown => JSON.parse(String(inputs.input)));
  const sweep = async (): Promise<void> => {
    for (const event of sweeps) await invoke(event);
  };
  const secretOf = (client = ""): LocalSecret => {
    const found = rotating.find((secret) => secret.client === client);
    if (found === undefined)
      throw new Error(client === "" ? "no shared secret rotates" : `no secret rotates for the client ${client}`);
    return found;
  };
  let hourly: NodeJS.Timeout | undefined;
  return Object.assign(local, {
    url,
    region,
    apiRegion,
    secrets: rotating,
    secretOf,
    functionName,
    functionArn,
    operator,
    role,
    store,
    keys: store.made,
    driver,
    variablesOf: (name: string) => (name === functionName ? ownVariables() : {}),
    deploy: async (started: LocalFunctions, urlOf: (apiId: string) => string) => {
      functions = started;
      apiUrl = urlOf(planApiOf(graph, first.tags[planTag] ?? ""));
      await started.replace(graph);
      await lifecycle("create");
      // The function logs a sweep that fails.
      hourly = setInterval(() => void sweep().catch(() => undefined), sweepMs).unref();
    },
    destroy: () => lifecycle("delete"),
    sweep,
    currentKey: (client?: string) => {
      const { versions } = secretOf(client);
      const current = versions.labelled("AWSCURRENT");
      if (current === undefined) return undefined;
      const value = versions.read(current, undefined).version.value!;
      return (JSON.parse(value) as Record<string, string>)[secretField];
    },
    close: async () => {
      clearInterval(hourly);
      await server.close(0);
    },
  });

  function ownVariables(): Record<string, string> {
    return {
      ...sdkVariables(role),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_ENDPOINT_URL_API_GATEWAY: url,
      // Here the address is the served one, so there is no other host to connect to.
      ...(apiUrl === "" ? {} : { [environment.apiUrl]: apiUrl, [environment.apiTarget]: "" }),
      ...(options.overlapSeconds === undefined ? {} : { [environment.keyOverlap]: String(options.overlapSeconds) }),
    };
  }
}

function functionOf(graph: Graph, { arn, rotationFunction }: LocalSecret): Resource {
  const lambda = ofType(graph, "aws:lambda/function:Function").find(({ outputs }) => outputs.arn === rotationFunction);
  if (lambda === undefined) throw new Unenforceable(arn, "its rotation function is not of this program");
  return lambda;
}
