// Serves conformance cases through the product's own gateway over HTTPS, and calls them.

import { generateKeyPairSync } from "node:crypto";
import { decodeJwt, SignJWT } from "jose";
import type { Case, Handler, Request, Setup } from "../../../conformance/case";
import type { Answer } from "../../../conformance/compare";
import { bodyOf, sendRequest } from "../../../conformance/http";
import type { Names } from "../../../conformance/masks";
import type { Authority } from "../../../local/certificates/authority";
import { openEndpoint } from "../../../local/aws/endpoint";
import { invokedFunctions, lambdaInvoke } from "../../../local/aws/lambda";
import { checkCoverage } from "../../../local/gateway/coverage/coverage";
import { gatewayOf } from "../../../local/gateway/gateway";
import { type Identities, principal, type Principal } from "../../../local/iam/identities";
import { policyOf } from "../../../local/iam/policy";
import type { Functions } from "../../../local/functions/environments/invocation";
import type { LocalIssuer } from "../../../local/issuer/issuer";
import { sign } from "../../../local/issuer/signing-keys";
import { serve } from "../../../local/server/server";
import { signedRequest } from "../gateway/auth/a-signer";
import { api as aCallsApi } from "../gateway/auth/a-request";
import {
  account,
  apiId,
  arnOf,
  executionArn,
  functionResources,
  graph,
  graphOf,
  handlersOf,
  region,
  stageOf,
} from "./program";
import { functionName } from "./handlers";

export interface Stand {
  readonly functions: Functions;
  readonly authority: Authority;
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly issuer: LocalIssuer;
}

export interface LocalAnswer extends Answer {
  readonly host: string;
}

const seed = Buffer.alloc(32, 7);

/** Whether the gateway takes the API of a case, and why not. */
export function created(each: Case, { functions, authority, issuer }: Stand): { created: boolean; why?: string } {
  try {
    gateway(each, functions, authority, issuer, {});
    return { created: true };
  } catch (error) {
    return { created: false, why: (error as Error).message };
  }
}

/** Serves the case's API on a free port. @returns its base URL with the stage */
export async function served(each: Case, stand: Stand): Promise<{ url: string; close(): Promise<void> }> {
  const [api] = gateway(each, stand.functions, stand.authority, stand.issuer, {}).apis;
  const server = await serve(api!, { tls: stand.certificate, port: 0 });
  return { url: `https://localhost:${server.port}${api!.basePath}`, close: () => server.close(0) };
}

/** Serves the case's API on a free port, sends its requests, and returns the answer to the last one. */
export async function answerOf(each: Case, stand: Stand): Promise<LocalAnswer> {
  const events: { arn: string; event: unknown }[] = [];
  const functions: Functions = {
    invoke: (arn, event, options) => {
      events.push({ arn, event });
      return stand.functions.invoke(arn, event, options);
    },
  };
  if (each.api === "lambda") {
    const answer = await invoked(each, functions, stand);
    return { ...answer, invoked: events.length > 0 };
  }
  const principals = principalsOf(each);
  const { apis } = gateway(each, functions, stand.authority, stand.issuer, principals);
  const server = await serve(apis[0]!, { tls: stand.certificate, port: 0 });
  try {
    const base = apis[0]!.basePath;
    for (const { request } of each.before ?? []) await send(each, request, base, server.port, stand, principals);
    events.length = 0;
    const answer = await send(each, each.request!, base, server.port, stand, principals);
    // The event that an authorizer got counts only where no function was called.
    const authorizers = new Set(authorizersOf(each.setup).map(arnOf));
    const called = events.find(({ arn }) => !authorizers.has(arn));
    return { ...answer, invoked: called !== undefined, event: (called ?? events[0])?.event };
  } finally {
    await server.close(0);
  }
}

/** The handlers that a security scheme of the document names. */
function authorizersOf(setup: Setup): Handler[] {
  const handlers = handlersOf(setup);
  const uris = JSON.stringify(setup.document ?? {}).matchAll(/"authorizerUri":"lambda:([\w-]+)"/g);
  return [...uris].map(([, key]) => handlers[key!]!);
}

function gateway(
  each: Case,
  functions: Functions,
  authority: Authority,
  issuer: LocalIssuer,
  principals: Readonly<Record<string, Principal>>,
) {
  const all = Object.values(principals);
  const identities = {
    byAccessKeyId: (id) => all.find(({ accessKeyId }) => accessKeyId === id),
    poolKeys: () => [],
    caller: all[0]!,
    stranger: all[0]!,
    foreigner: all[0]!,
  } satisfies Identities;
  const graph = graphOf(each, issuer.url);
  // As the start does, before anything is served.
  checkCoverage(graph);
  // What is counted per second is counted in one moment, however long the machine takes for the calls of a case.
  const now = Date.now();
  const counts = each.setup.throttle !== undefined || each.setup.keys !== undefined;
  return gatewayOf({
    graph,
    functions,
    identities,
    clock: counts ? () => now : Date.now,
    authority: authority.certificate,
    accessLog: () => undefined,
    errorLog: () => undefined,
  });
}

function principalsOf({ setup }: Case): Record<string, Principal> {
  return Object.fromEntries(
    Object.entries(setup.principals ?? {}).map(([name, { allow = [], deny = [] }]) => {
      const statement = (Effect: string, arns: readonly string[]) =>
        arns.length === 0
          ? []
          : [
              {
                Effect,
                Action: "execute-api:Invoke",
                Resource: arns.map((arn) => arn.replaceAll("<executionArn>", executionArn)),
              },
            ];
      const Statement = [...statement("Allow", allow), ...statement("Deny", deny)];
      const policies = Statement.length === 0 ? [] : [policyOf({ Version: "2012-10-17", Statement }, "identity")];
      return [name, principal(seed, { partition: "aws", id: account }, name, policies)];
    }),
  );
}

async function send(
  each: Case,
  request: Request,
  base: string,
  port: number,
  stand: Stand,
  principals: Readonly<Record<string, Principal>>,
  service = "execute-api",
): Promise<LocalAnswer> {
  const host = `localhost:${port}`;
  const method = request.method ?? "GET";
  const body = bodyOf(request.body);
  const bearer = request.token === undefined ? "" : await token(each, request.token, stand.issuer);
  const target = `${base}${request.path ?? "/"}`.replaceAll("<token>", bearer);
  const headers: (readonly [string, string])[] = (request.headers ?? []).map(([name, value]) => [
    name,
    value.replaceAll("<token>", bearer),
  ]);
  const has = (name: string) => headers.some(([own]) => own.toLowerCase() === name);
  if (bearer !== "" && !JSON.stringify([request.path, request.headers]).includes("<token>"))
    headers.push(["Authorization", `Bearer ${bearer}`]);
  if (request.signedBy !== undefined)
    headers.push(...(await signature(request, target, host, body, headers, principals, service)));
  if (!has("host")) headers.push(["Host", host]);
  const options = { host: "127.0.0.1", servername: "localhost", port, method, path: target };
  return { ...(await sendRequest({ ...options, ca: stand.authority.certificate }, headers, body)), host };
}

const kinds: Readonly<Record<string, keyof LocalIssuer["tokens"]>> = {
  valid: "genuine",
  expired: "expired",
  "wrong-audience": "wrongAudience",
  "wrong-issuer": "wrongIssuer",
  "no-scope": "noScope",
  "foreign-key": "foreignKey",
  "alg-none": "algNone",
};

async function token(
  { setup }: Case,
  { kind, scope = "predict", claims }: NonNullable<Request["token"]>,
  issuer: LocalIssuer,
): Promise<string> {
  if (kind === "garbage") return "garbage";
  const audience = /"audience":\["([^"]+)"/.exec(JSON.stringify(setup.document))?.[1] ?? "https://api.example.com";
  await issuer.configure({
    apis: [{ audience, lifetime: 3600 }],
    applications: [{ id: "client", secret: "secret", grants: { [audience]: scope.split(" ") } }],
  });
  const key = issuer.keys.current;
  if (kind === "es256") {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return new SignJWT(decodeJwt(await issuer.tokens.genuine({ audience })))
      .setProtectedHeader({ alg: "ES256", kid: key.keyId })
      .sign(privateKey);
  }
  const made = kinds[kind];
  if (made === undefined) throw new Error(`no token of the kind ${kind}`);
  const plain = await issuer.tokens[made]({ audience });
  if (claims === undefined) return plain;
  const changed = Object.entries({ ...decodeJwt(plain), ...claims }).filter(
    ([name, value]) => value !== null || name === "nickname",
  );
  return sign({ claims: Object.fromEntries(changed) as never, key });
}

async function signature(
  { signedBy, method = "GET" }: Request,
  target: string,
  host: string,
  body: Buffer,
  headers: readonly (readonly [string, string])[],
  principals: Readonly<Record<string, Principal>>,
  own: string,
): Promise<(readonly [string, string])[]> {
  const { as, fault } = typeof signedBy === "string" ? { as: signedBy, fault: undefined } : signedBy!;
  const who = principals[as]!;
  const [path, rawQuery = ""] = target.split("?");
  const call = {
    ...{
      api: { ...aCallsApi, id: apiId },
      requestId: "r",
      method,
      path: path!,
      stagePath: path!,
      resource: path!,
      pathParameters: {},
      rawQuery,
    },
    ...{ headers: [...headers, ["Host", host] as const], body, sourceIp: "127.0.0.1", receivedAt: Date.now() },
  };
  const signed = await signedRequest(call as never, {
    accessKeyId: fault === "unknown-key" ? "AKIAUNKNOWNUNKNOWN00" : who.accessKeyId,
    secretAccessKey: fault === "wrong-signature" ? "another-secret" : who.secretAccessKey,
    ...(fault === "wrong-token" ? { sessionToken: "not-the-token" } : {}),
    at: Date.now() - (fault === "expired" ? 3_600_000 : 0),
    service: fault === "other-service" ? "s3" : own,
    region: fault === "other-region" ? "eu-west-1" : region,
  });
  const sent = new Set([...headers.map(([name]) => name.toLowerCase()), "host"]);
  return signed.headers.filter(([name]) => !sent.has(name.toLowerCase()));
}

/** Lambda's Invoke, as the local stand-in answers it over HTTPS. */
async function invoked(each: Case, functions: Functions, stand: Stand): Promise<LocalAnswer> {
  const { setup, request } = each;
  const handlers = handlersOf(setup);
  const [key] = Object.keys(setup.handlers ?? handlers);
  const everything = { Effect: "Allow", Action: "lambda:*", Resource: "*" };
  const policies = [policyOf({ Version: "2012-10-17", Statement: [everything] }, "identity")];
  const operator = principal(seed, { partition: "aws", id: account }, "operator", policies);
  const principals = { ...principalsOf(each), operator };
  const server = await openEndpoint({
    services: [lambdaInvoke(region, invokedFunctions(graph(functionResources([each]))), functions)],
    identities: {
      byAccessKeyId: (id) => Object.values(principals).find(({ accessKeyId }) => accessKeyId === id),
    },
    clock: Date.now,
    tls: stand.certificate,
    watch: () => Promise.resolve(),
  });
  const name = request!.function ?? functionName(handlers[key!]!);
  const path = request!.path ?? `/2015-03-31/functions/${name}/invocations`;
  const type = request!.invocationType;
  const call = {
    ...request,
    method: request!.method ?? "POST",
    path: request!.qualifier === undefined ? path : `${path}?Qualifier=${encodeURIComponent(request!.qualifier)}`,
    headers: [...(request!.headers ?? []), ...(type === undefined ? [] : [["X-Amz-Invocation-Type", type] as const])],
    body: payloadOf(request!),
    signedBy: request!.signedBy ?? "operator",
  };
  try {
    return await send(each, call, "", server.port, stand, principals, "lambda");
  } finally {
    await server.close(0);
  }
}

/** Facts of the served API, which the masks stand for. */
export function namesOf({ setup }: Case, { host }: LocalAnswer): Names {
  return { apiId, account, region, sourceIp: "127\\.0\\.0\\.1", host, stage: stageOf(setup) };
}

/** The text that is sent: as it is given, of the size that the case names, or the payload as JSON. */
function payloadOf({ payload, payloadText, payloadBytes }: Request): string | undefined {
  if (payloadBytes !== undefined) return JSON.stringify("x".repeat(payloadBytes - 2));
  return payloadText ?? (payload === undefined ? undefined : JSON.stringify(payload));
}
