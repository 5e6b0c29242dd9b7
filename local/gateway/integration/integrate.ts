// What integrations have in common: the context from which they are compiled, and what they return.

import type { Graph } from "../../../graph/resource";
import type { Functions } from "../../functions/environments/invocation";
import type { Exchange, Fault } from "../request/exchange";
import type { FrontResponse } from "../../server/message";
import type { MediaMatch } from "../request/media-types";

/** Answers a call, or returns the fault that the gateway has to answer. */
export type Integrate = (exchange: Exchange) => Promise<FrontResponse | Fault> | FrontResponse | Fault;

export interface IntegrationContext {
  readonly graph: Graph;
  readonly functions: Functions;
  readonly isBinary: MediaMatch;
  /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>` */
  readonly stageArn: string;
  /** Path template of the route. */
  readonly path: string;
  /** Names the operation in error messages. */
  readonly where: string;
}

export function isFault(answer: FrontResponse | Fault): answer is Fault {
  return "type" in answer;
}
