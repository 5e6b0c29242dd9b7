// What answers a call that was let through: a Lambda function, or the gateway itself (MOCK). Compiled once for each route.

import type { Graph } from "../../graph/resource";
import type { Functions } from "../functions/functions";
import type { Integration as Declared } from "./document";
import type { Exchange, Fault } from "./exchange";
import type { FrontResponse } from "./front";
import type { MediaMatch } from "./media-types";
import { lambdaProxy } from "./lambda-proxy";
import { mock } from "./mock";
import { Unenforceable } from "./unenforceable";

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

/** @throws Unenforceable for a type that is not served here */
export function compileIntegration(declared: Declared | undefined, context: IntegrationContext): Integrate {
  // Types are written in any case; AWS's own examples say `aws_proxy`.
  switch (declared?.type.toLowerCase()) {
    case "aws_proxy":
      return lambdaProxy(declared, context);
    case "mock":
      return mock(declared, context);
    case undefined:
      throw new Unenforceable(context.where, "has no integration");
    default:
      throw new Unenforceable(
        context.where,
        `has an integration of type ${declared?.type}; aws_proxy and mock are served`,
      );
  }
}

export function isFault(answer: FrontResponse | Fault): answer is Fault {
  return "type" in answer;
}
