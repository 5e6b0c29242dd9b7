// The services of AWS that the rotation of API keys needs, played for a local run: Secrets Manager, API Gateway's control
// plane and Lambda's Invoke, with the rotation function's role as the program declares it.

import { environment, planTag, secretField } from "../../contract";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import type { Authority } from "../certificates";
import type { LocalFunctions } from "../functions/local-functions";
import type { MadeKeys } from "../gateway/protections/usage-plans";
import { Unenforceable } from "../gateway/unenforceable";
import type { Principal } from "../identities";
import { apiGatewayControl } from "./api-gateway";
import { ApiKeyStore } from "./api-key-store";
import { openEndpoint, type Watch } from "./endpoint";
import { lambdaInvoke } from "./lambda";
import { operatorOf, roleOf } from "./principals";
import { rehearsal } from "./rehearsal";
import { RotationDriver } from "./rotation-driver";
import { type LocalSecret, secretsManager, secretsOf } from "./secrets-manager";

export interface LocalAwsOptions {
  readonly graph: Graph;
  readonly authority: Authority;
  /** Credentials derive from it. */
  readonly seed: Buffer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Seconds that a replaced key stays valid, where a rehearsal cannot wait for the stack's hours. */
  readonly overlapSeconds?: number;
}

/** The address, and who may call there. */
export interface LocalAws {
  readonly url: string;
  readonly region: string;
  readonly apiRegion: string;
  /** All that rotate: one for each client that has a key, or the one of nobody in particular. */
  readonly secrets: readonly LocalSecret[];
  /** A client's, or nobody's in particular. @throws Error where there is none */
  secretOf(client?: string): LocalSecret;
  readonly functionName: string;
  readonly functionArn: string;
  /** Whoever deployed the stack. */
  readonly operator: Principal;
  /** The rotation function's. */
  readonly role: Principal;
  readonly store: ApiKeyStore;
  readonly keys: MadeKeys;
  readonly driver: RotationDriver;
  /** Tests look on, or interfere, at each call. */
  watch: Watch;
  /** Variables of a function beside its own. */
  variablesOf(functionName: string): Readonly<Record<string, string>>;
  /** What the deployment does once the API answers: the first keys are made. @throws Error with the function's reason */
  deploy(functions: LocalFunctions, apiUrl: (apiId: string) => string): Promise<void>;
  /** What destroying the stack does. @throws Error with the function's reason */
  destroy(): Promise<void>;
  /** What the program's schedule does each hour. @throws Error with the function's reason */
  sweep(): Promise<void>;
  /** The API key that a client, or nobody in particular, finds in its secret now. */
  currentKey(client?: string): string | undefined;
  close(): Promise<void>;
}

/** How often the program's sweep runs, in milliseconds. */
const sweepMs = 3_600_000;

/**
 * @returns `undefined` where the program rotates nothing
 * @throws Unenforceable for what it declares and cannot be played here
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
  const region = functionArn.split(":")[3]!;
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
      lambdaInvoke(region, new Map([[functionName, functionArn]]), {
        invoke: (...call) => running().invoke(...call),
      }),
      rehearsal(region, secrets, driver),
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
  const call = async (event: unknown): Promise<void> => {
    const outcome = await running().invoke(functionArn, event, { timeoutMs: 60_000 });
    if (outcome.kind === "result") return;
    throw new Error(`${functionName}: ${outcome.kind === "error" ? outcome.errorMessage : outcome.kind}`);
  };
  const lifecycle = async (action: "create" | "delete"): Promise<void> => {
    for (const { inputs } of ofType(graph, "aws:lambda/invocation:Invocation")) {
      if (inputs.lifecycleScope === "CRUD" && inputs.functionName === functionName) {
        await call({ ...(JSON.parse(String(inputs.input)) as object), tf: { action, prev_input: null } });
      }
    }
  };
  const sweeps = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget")
    .filter(({ inputs }) => inputs.arn === functionArn)
    .map(({ inputs }): unknown => JSON.parse(String(inputs.input)));
  const sweep = async (): Promise<void> => {
    for (const event of sweeps) await call(event);
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
      apiUrl = urlOf(apiOf(graph, first.tags[planTag] ?? ""));
      await started.replace(graph);
      await lifecycle("create");
      // A sweep that fails is in the function's log.
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
      AWS_ACCESS_KEY_ID: role.accessKeyId,
      AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
      AWS_SESSION_TOKEN: role.sessionToken!,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_ENDPOINT_URL_API_GATEWAY: url,
      // Nothing of this machine's own configuration may lead the SDK to a real account.
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
      // It runs on this machine's Node, not on the runtime's: what the SDK says of that one's age is beside the point.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      ...(apiUrl === "" ? {} : { [environment.apiUrl]: apiUrl }),
      ...(options.overlapSeconds === undefined ? {} : { [environment.keyOverlap]: String(options.overlapSeconds) }),
    };
  }
}

function functionOf(graph: Graph, { arn, rotationFunction }: LocalSecret): Resource {
  const lambda = ofType(graph, "aws:lambda/function:Function").find(({ outputs }) => outputs.arn === rotationFunction);
  if (lambda === undefined) throw new Unenforceable(arn, "its rotation function is not of this program");
  return lambda;
}

/** The API that a usage plan holds. */
function apiOf(graph: Graph, planId: string): string {
  const plan = ofType(graph, "aws:apigateway/usagePlan:UsagePlan").find(({ id }) => id === planId);
  const [stage] = (plan?.inputs.apiStages ?? []) as { apiId: string }[];
  return stage?.apiId ?? "";
}
