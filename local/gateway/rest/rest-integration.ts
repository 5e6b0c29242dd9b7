// The integration that answers an admitted call: a Lambda function or a MOCK. Compiled once per route.

import type { Integration as Declared } from "../request/document";
import type { Integrate, IntegrationContext } from "../integration/integrate";
import { lambdaProxy } from "./lambda-proxy";
import { mock } from "./mock";
import { Unenforceable } from "../../base/unenforceable";

/** @throws Unenforceable for an integration type that is not supported */
export function compileIntegration(declared: Declared | undefined, context: IntegrationContext): Integrate {
  // Types are case-insensitive; AWS's own examples use `aws_proxy`.
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
