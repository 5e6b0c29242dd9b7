// Whether a caller is let in by the route's protection together with the API's resource policy. How the two combine
// depends on the protection.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

import type { Api } from "./apis";
import type { Who } from "./routes";
import { type CallPolicy, type Decision, decisionOf, invoke } from "./call-policies";
import { ownModel } from "./clients";
import type { Credential } from "./credentials";
import { callArn } from "./reach";
import type { Signer } from "./resource-policy";
import type { Route } from "./routes";
import * as rules from "./rules";

export interface Call {
  readonly api: Api;
  readonly route: Route;
  readonly credential: Credential;
  /** IAM policies of the correctly signed caller that is not one of the listed clients. */
  readonly policies: readonly CallPolicy[];
}

/** The refusal; `undefined` if the caller is let in. */
export function refusedCaller(call: Call): rules.Refusal | undefined {
  const { who } = call.route.ask;
  if (who.kind === "signature") return signed(call);
  const own = who.kind === "anyone" ? undefined : token(who, call.credential.token ?? "no token");
  if (call.api.policy === undefined) return own;
  const decision = ofApi(call);
  // The authorizer runs unless the resource policy denies. This project's authorizer denies explicitly what it does not
  // allow, so an Allow in the resource policy cannot replace its own.
  if (who.kind === "lambda") return decision === "deny" ? rules.notByPolicy : own;
  // A user pool is checked first; then the resource policy must allow the call, as it must on a route without protection.
  return own ?? (decision === "allow" ? undefined : rules.notByPolicy);
}

/** The model that is called on a route whose path has `{model}`. */
export function modelOf({ api, credential }: Pick<Call, "api" | "credential">): string {
  return credential.model ?? ownModel(api.clients?.find(({ name }) => name === credential.client));
}

function signed(call: Call): rules.Refusal | undefined {
  const { api, route, credential, policies } = call;
  const answer = rules.signatures[credential.signature ?? "unsigned"][api.kind];
  if (answer !== "judged") return answer;
  const signer = signerOf(call);
  const isHolder = credential.signature === "well signed" && credential.client === undefined;
  const sameAccount = signer.account === accountOf(api);
  // Across accounts both sides must allow the call; the caller's own account is assumed to allow it.
  const own = isHolder ? decisionOf(policies, invoke, callArn(api, route)) : sameAccount ? "silent" : "allow";
  return together(own, ofApi(call, signer), sameAccount) ? undefined : rules.notAllowed[api.kind];
}

/** Tables A and B of the page above: within one account one Allow is enough, across accounts both must; a Deny wins. */
function together(own: Decision, policy: Decision, sameAccount: boolean): boolean {
  if (own === "deny" || policy === "deny") return false;
  return sameAccount ? own === "allow" || policy === "allow" : own === "allow" && policy === "allow";
}

function ofApi(call: Call, signer?: Signer): Decision {
  const { api, route, credential } = call;
  const arn = callArn(api, route, modelOf(call));
  const resource = `execute-api:${arn.slice(arn.indexOf("/"))}`;
  return api.policy?.decide({ resource, inside: credential.from === undefined, signer }) ?? "silent";
}

/** An account id that no program here uses. */
const foreign = "999999999999";

function signerOf({ api, credential }: Call): Signer {
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

function token(who: Exclude<Who, { kind: "anyone" | "signature" }>, name: rules.Token): rules.Refusal | undefined {
  const answer = rules.tokens[name][who.kind];
  if (answer !== "judged") return answer;
  const isAccessToken = name !== "ID token";
  // With a user pool, a method without scopes accepts only ID tokens, and one with scopes only access tokens.
  if (who.kind === "pool" && isAccessToken === (who.scopes.length === 0)) return rules.scopeMissing.pool;
  if (who.scopes.length === 0) return undefined;
  const carried = name === "right scope" ? who.granted : [];
  return who.scopes.some((scope) => carried.includes(scope)) ? undefined : rules.scopeMissing[who.kind];
}
