// Applies the rule table gate by gate, in API Gateway's order, until one refuses; the last gate is the function's own.
// Connection → address → route → caller → API key → model.

import type { Api } from "./apis";
import type { CallPolicy } from "./call-policies";
import { modelOf, refusedCaller } from "./callers";
import type { Credential } from "./credentials";
import type { Door } from "./doors";
import type { Route } from "./routes";
import * as rules from "./rules";

/** HTTP status, or `no answer` if the connection ends without a response. */
export type Status = number | "no answer";

/** How a call differs from an ordinary one to a route. */
export type Place = "route" | "preflight" | "no such route" | "another stage" | "another Host" | "older TLS";

export interface Attempt {
  readonly api: Api;
  readonly door: Door;
  /** Absent if no route has this path and method. */
  readonly route?: Route;
  readonly place: Place;
  readonly credential: Credential;
  /** IAM policies of the correctly signed caller that is not one of the listed clients. */
  readonly policies: readonly CallPolicy[];
}

export interface Outcome {
  readonly status: Status;
  /** Whether the call reaches the integration, and so counts towards its API key's quota. */
  readonly reached: boolean;
}

export function outcomeOf(attempt: Attempt): Outcome {
  for (const gate of gates) {
    const refused = gate(attempt);
    if (refused === undefined) continue;
    const named = typeof refused === "string" && refused !== "no answer";
    return { status: named ? attempt.api.statuses[refused] : refused, reached: false };
  }
  return { status: mayCallModel(attempt) ? attempt.route!.success : rules.foreignModel, reached: true };
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
  (attempt) => refusedCaller({ ...attempt, route: attempt.route! }),
  ({ route, api, credential: { key = "no key" } }) => {
    if (!route?.ask.key) return undefined;
    return key === "right key" && !api.keyWorks ? rules.keys["wrong key"] : refusal(rules.keys[key]);
  },
];

/** If clients are listed, the function lets each of them call its own models, and nobody else any model. */
function mayCallModel({ api, route, credential }: Attempt): boolean {
  const { path, mock } = route!;
  const isPlain = !/^\/v2(\/|$)/.test(path);
  if (api.clients === undefined || mock || !(isPlain || path.includes("{model}"))) return true;
  const client = api.clients.find(({ name }) => name === credential.client);
  if (client === undefined) return false;
  const model = isPlain ? api.defaultModel : modelOf({ api, credential });
  return client.models === undefined || client.models.includes(model);
}

function refusal(answer: rules.Refusal | "judged"): rules.Refusal | undefined {
  return answer === "judged" ? undefined : answer;
}
