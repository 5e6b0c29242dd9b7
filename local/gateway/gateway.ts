// The APIs of a program, ready to be served, and what of it is not enforced here. An HTTP API comes beside `restApis`.

import type { ProtectionContext } from "./protections/protection";
import { keyRequired, protectionOf } from "./protections/protection";
import { Usage } from "./protections/usage";
import { checkCoverage } from "./coverage";
import type { NotEnforced } from "./unenforceable";
import type { ServedApi } from "./front";
import { type RestApiContext, restApis } from "./rest-api";

export interface Gateway {
  readonly apis: readonly ServedApi[];
  readonly notEnforced: readonly NotEnforced[];
}

/** @throws Unenforceable for whatever decides who may call or what answers, and cannot be enforced */
export function gatewayOf(context: ProtectionContext & Pick<RestApiContext, "accessLog" | "faultLog">): Gateway {
  const { graph, functions, clock, accessLog, faultLog } = context;
  const notEnforced = checkCoverage(graph);
  const apis = restApis({
    graph,
    functions,
    accessLog,
    faultLog,
    guards: {
      guard: (operation, document) => {
        const { auth, authorize } = protectionOf(context, operation, document);
        return { auth, authorize, keyRequired: keyRequired(operation, document) };
      },
      admission: (apiId, stage) => new Usage(graph, apiId, stage, clock),
    },
  });
  return { apis, notEnforced };
}
