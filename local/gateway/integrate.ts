// What an integration is to the gateway: what it is compiled from, and what it answers.

import type { Graph } from "../../graph/resource";
import type { Functions } from "../functions/functions";
import type { Exchange, Fault } from "./exchange";
import type { FrontResponse } from "./front";
import type { MediaMatch } from "./media-types";

/** Answers a call, or says why the gateway has to. */
export type Integrate = (exchange: Exchange) => Promise<FrontResponse | Fault> | FrontResponse | Fault;

export interface IntegrationContext {
  readonly graph: Graph;
  readonly functions: Functions;
  readonly isBinary: MediaMatch;
  /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>` */
  readonly stageArn: string;
  /** Path template of the route. */
  readonly path: string;
  /** The operation, for error texts. */
  readonly where: string;
}

export function isFault(answer: FrontResponse | Fault): answer is Fault {
  return "type" in answer;
}
