// What answers a call that was let through: a Lambda function, or the gateway itself (MOCK). Compiled once for each route.

import type { Integration as Declared } from "./document";
import type { Integrate, IntegrationContext } from "./integrate";
import { lambdaProxy } from "./lambda-proxy";
import { mock } from "./mock";
import { Unenforceable } from "./unenforceable";

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
