// Shared by the rules on Cognito user pools.

import type { Resource } from "../../../graph/resource";
import { texts } from "../../queries/read";
import type { View } from "../../queries/view";

export const userPoolType = "aws:cognito/userPool:UserPool";
export const poolClientType = "aws:cognito/userPoolClient:UserPoolClient";

/** Whether people can sign in: some client allows more than client credentials, or the pool has no clients. */
export function servesPeople(pool: Resource, view: View): boolean {
  const clients = view.pointingAt(pool, poolClientType, "userPoolId");
  const isMachine = ({ inputs }: Resource) =>
    texts(inputs.allowedOauthFlows).join() === "client_credentials" &&
    texts(inputs.explicitAuthFlows).every((flow) => flow === "ALLOW_REFRESH_TOKEN_AUTH");
  return clients.length === 0 || !clients.every(isMachine);
}
