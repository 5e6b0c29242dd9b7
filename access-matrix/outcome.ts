// Applies the rule table: gate after gate, in API Gateway's order, until one refuses.
// Connection → address → route → who calls → API key.

import type { Api } from "./apis";
import type { Route } from "./routes";
import { allows, type CallPolicy, invoke } from "./call-policies";
import type { Who } from "./asks";
import type { Credential } from "./credentials";
import type { Door } from "./doors";
import { callArn } from "./reach";
import * as rules from "./rules";

/** HTTP status; or the connection ends without an answer. */
export type Status = number | "no answer";

/** How a call differs from an ordinary one to a route. */
export type Place = "route" | "preflight" | "no such route" | "another stage" | "another Host" | "older TLS";

export interface Attempt {
  readonly api: Api;
  readonly door: Door;
  /** Absent where no route has this path and method. */
  readonly route?: Route;
  readonly place: Place;
  readonly credential: Credential;
  /** Policies that the well-signed caller holds. */
  readonly policies: readonly CallPolicy[];
}

export function statusOf(attempt: Attempt): Status {
  for (const gate of gates) {
    const refused = gate(attempt);
    if (refused === undefined) continue;
    return typeof refused === "string" && refused !== "no answer" ? attempt.api.statuses[refused] : refused;
  }
  return attempt.route!.success;
}

type Gate = (attempt: Attempt) => rules.Refusal | undefined;

const gates: readonly Gate[] = [
  ({ place }) => (place === "older TLS" ? rules.places.olderTls : undefined),
  ({ door, credential: { certificate = "no certificate" } }) =>
    door.mutualTls ? refusal(rules.certificates[certificate]) : undefined,
  ({ door, api }) => (door.disabled ? rules.places.disabledEndpoint[api.kind] : undefined),
  ({ place }) => (place === "another Host" ? rules.places.anotherHost : undefined),
  ({ place, api }) => (place === "another stage" ? rules.places.anotherStage[api.kind] : undefined),
  ({ route, api }) => (route === undefined ? rules.places.noRoute[api.kind] : undefined),
  caller,
  ({ route, api, credential: { key = "no key" } }) => {
    if (!route?.ask.key) return undefined;
    return key === "right key" && !api.keyWorks ? rules.keys["wrong key"] : refusal(rules.keys[key]);
  },
];

function caller({ api, route, credential, policies }: Attempt): rules.Refusal | undefined {
  const who = route!.ask.who;
  if (who.kind === "anyone") return undefined;
  if (who.kind !== "signature") return token(who, credential.token ?? "no token");
  const answer = rules.signatures[credential.signature ?? "unsigned"][api.kind];
  if (answer !== "judged") return answer;
  return allows(policies, invoke, callArn(api, route!)) ? undefined : rules.notAllowed[api.kind];
}

function token(who: Exclude<Who, { kind: "anyone" | "signature" }>, name: rules.Token): rules.Refusal | undefined {
  const answer = rules.tokens[name][who.kind];
  if (answer !== "judged") return answer;
  const isAccessToken = name !== "ID token";
  // A user pool's method without scopes takes ID tokens, and only those.
  if (who.kind === "pool" && isAccessToken === (who.scopes.length === 0)) return rules.scopeMissing.pool;
  if (who.scopes.length === 0) return undefined;
  const carried = name === "right scope" ? who.granted : [];
  return who.scopes.some((scope) => carried.includes(scope)) ? undefined : rules.scopeMissing[who.kind];
}

function refusal(answer: rules.Refusal | "judged"): rules.Refusal | undefined {
  return answer === "judged" ? undefined : answer;
}
