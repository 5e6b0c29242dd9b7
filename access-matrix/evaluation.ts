// Evaluates a request against the rule table, phase by phase in API Gateway's order, until one denies it; the last phase is
// the function's own. Connection → endpoint → route → authorization → API key → model.

import type { Api } from "./apis";
import { type CallPolicy, type Decision, decisionOf, invoke } from "./call-policies";
import { ownModel } from "./clients";
import type { Credential } from "./credentials";
import type { Endpoint } from "./endpoints";
import { callArn } from "./permissions";
import type { Signer } from "./resource-policy";
import type { ApiRoute, Authorization } from "./routes";
import * as rules from "./rules";

/** HTTP status, or `no answer` if the connection ends without a response. */
export type Status = number | "no answer";

/** How a call differs from an ordinary one to a route. */
export type Location = "route" | "preflight" | "no such route" | "another stage" | "another Host" | "older TLS";

export interface AccessRequest {
  readonly api: Api;
  readonly endpoint: Endpoint;
  /** Absent if no route has this path and method. */
  readonly route?: ApiRoute;
  readonly location: Location;
  readonly credential: Credential;
  /** IAM policies of the correctly signed caller that is not one of the listed clients. */
  readonly policies: readonly CallPolicy[];
}

export interface Evaluation {
  readonly status: Status;
  /** Whether the call reaches the integration, and so counts towards its API key's quota. */
  readonly reached: boolean;
}

export function evaluationOf(request: AccessRequest): Evaluation {
  for (const phase of phases) {
    const denied = phase(request);
    if (denied === undefined) continue;
    const named = typeof denied === "string" && denied !== "no answer";
    return { status: named ? request.api.statuses[denied] : denied, reached: false };
  }
  return { status: mayCallModel(request) ? request.route!.success : rules.foreignModel, reached: true };
}

/** A request that has found a route. */
type RoutedRequest = Pick<AccessRequest, "api" | "credential" | "policies"> & { readonly route: ApiRoute };

type Phase = (request: AccessRequest) => rules.Denial | undefined;

const phases: readonly Phase[] = [
  ({ location }) => (location === "older TLS" ? rules.locations.olderTls : undefined),
  ({ endpoint, credential: { certificate = "no certificate" } }) =>
    endpoint.mutualTls ? denial(rules.certificates[certificate]) : undefined,
  ({ endpoint, api }) => (endpoint.disabled ? rules.locations.disabledEndpoint[api.kind] : undefined),
  ({ location }) => (location === "another Host" ? rules.locations.anotherHost : undefined),
  ({ location, api }) => (location === "another stage" ? rules.locations.anotherStage[api.kind] : undefined),
  ({ route, api }) => (route === undefined ? rules.locations.noRoute[api.kind] : undefined),
  (request) => denialOf({ ...request, route: request.route! }),
  ({ route, api, credential: { key = "no key" } }) => {
    if (!route?.requirements.apiKey) return undefined;
    return key === "right key" && !api.keyWorks ? rules.keys["wrong key"] : denial(rules.keys[key]);
  },
];

/** If clients are listed, the function lets each of them call its own models, and nobody else any model. */
function mayCallModel({ api, route, credential }: AccessRequest): boolean {
  const { path, mock } = route!;
  const isPlain = !/^\/v[12](\/|$)/.test(path);
  if (api.clients === undefined || mock || !(isPlain || path.includes("{model}"))) return true;
  const client = api.clients.find(({ name }) => name === credential.client);
  if (client === undefined) return false;
  const model = isPlain ? api.defaultModel : modelOf({ api, credential });
  return client.models === undefined || client.models.includes(model);
}

function denial(outcome: rules.Denial | "valid"): rules.Denial | undefined {
  return outcome === "valid" ? undefined : outcome;
}

/**
 * Whether a caller is let in by the route's authorization together with the API's resource policy. How the two combine depends
 * on the authorization.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 * @returns the denial; `undefined` if the caller is let in
 */
function denialOf(request: RoutedRequest): rules.Denial | undefined {
  const { authorization } = request.route.requirements;
  if (authorization.kind === "signature") return signed(request);
  const own =
    authorization.kind === "anyone" ? undefined : token(authorization, request.credential.token ?? "no token");
  if (request.api.policy === undefined) return own;
  const decision = ofApi(request);
  // The authorizer runs unless the resource policy denies. This project's authorizer denies explicitly what it does not
  // allow, so an Allow in the resource policy cannot replace its own.
  if (authorization.kind === "lambda") return decision === "deny" ? rules.notByPolicy : own;
  // A user pool is checked first; then the resource policy must allow the request, as it must on a route without authorization.
  return own ?? (decision === "allow" ? undefined : rules.notByPolicy);
}

/** The model that is called on a route whose path has `{model}`. */
function modelOf({ api, credential }: Pick<RoutedRequest, "api" | "credential">): string {
  return credential.model ?? ownModel(api.clients?.find(({ name }) => name === credential.client));
}

function signed(request: RoutedRequest): rules.Denial | undefined {
  const { api, route, credential, policies } = request;
  const outcome = rules.signatures[credential.signature ?? "unsigned"][api.kind];
  if (outcome !== "valid") return outcome;
  const signer = signerOf(request);
  const isHolder = credential.signature === "well signed" && credential.client === undefined;
  const sameAccount = signer.account === accountOf(api);
  // Across accounts both sides must allow the request; the caller's own account is assumed to allow it.
  const own = isHolder ? decisionOf(policies, invoke, callArn(api, route)) : sameAccount ? "silent" : "allow";
  return together(own, ofApi(request, signer), sameAccount) ? undefined : rules.notAllowed[api.kind];
}

/** Tables A and B of that page: within one account one Allow is enough, across accounts both must; a Deny wins. */
function together(own: Decision, policy: Decision, sameAccount: boolean): boolean {
  if (own === "deny" || policy === "deny") return false;
  return sameAccount ? own === "allow" || policy === "allow" : own === "allow" && policy === "allow";
}

function ofApi(request: RoutedRequest, signer?: Signer): Decision {
  const { api, route, credential } = request;
  const arn = callArn(api, route, modelOf(request));
  const resource = `execute-api:${arn.slice(arn.indexOf("/"))}`;
  return api.policy?.decide({ resource, inside: credential.from === undefined, signer }) ?? "silent";
}

/** An account id that no program here uses. */
const foreign = "999999999999";

function signerOf({ api, credential }: RoutedRequest): Signer {
  const own = accountOf(api);
  const user = (account: string) => ({ account, arn: `arn:aws:iam::${account}:user/caller` });
  if (credential.signature === "signed in another account") return user(foreign);
  const client = api.clients?.find(({ name }) => name === credential.client);
  const [arn, account] = /^arn:[\w-]+:iam::(\d{12}):.+$/.exec(client?.principal ?? "") ?? [];
  return credential.signature === "well signed" && arn !== undefined ? { arn, account: account! } : user(own);
}

function accountOf({ arn }: Api): string {
  return arn.split(":")[4]!;
}

function token(
  authorization: Exclude<Authorization, { kind: "anyone" | "signature" }>,
  name: rules.Token,
): rules.Denial | undefined {
  const outcome = rules.tokens[name][authorization.kind];
  if (outcome !== "valid") return outcome;
  const isAccessToken = name !== "ID token";
  // With a user pool, a method without scopes accepts only ID tokens, and one with scopes only access tokens.
  if (authorization.kind === "pool" && isAccessToken === (authorization.scopes.length === 0))
    return rules.scopeMissing.pool;
  if (authorization.scopes.length === 0) return undefined;
  const carried = name === "right scope" ? authorization.granted : [];
  return authorization.scopes.some((scope) => carried.includes(scope))
    ? undefined
    : rules.scopeMissing[authorization.kind];
}
