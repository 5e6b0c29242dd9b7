// The authorizer's result for a verified token: the IAM policy that API Gateway caches and evaluates.

import type { APIGatewayAuthorizerResult, Statement } from "aws-lambda";
import { authorizerContext } from "../../../contract";
import type { TokenPrincipal } from "./token-checks";

/**
 * `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>`; captures everything up to the stage.
 */
const methodArnForm = /^(arn:[\w-]+:execute-api:[\w-]+:\d+:[\w-]+\/[\w-]+)\/[A-Z]+\//;

/**
 * The policy covers the whole stage: API Gateway caches it per token and evaluates it again for every route, so a
 * policy for the called method alone would deny the same token on the next route. A condition ends an Allow when the
 * token expires, however long the policy is cached.
 *
 * @param methodArn ARN of the called method, from the authorizer event
 * @throws Error if the ARN has another form
 */
export function policyFor(principal: TokenPrincipal, allowed: boolean, methodArn: string): APIGatewayAuthorizerResult {
  const stage = methodArnForm.exec(methodArn)?.[1];
  if (stage === undefined) throw new Error("methodArn is not the ARN of a REST API's method");
  const statement: Statement = {
    Action: "execute-api:Invoke",
    Effect: allowed ? "Allow" : "Deny",
    Resource: `${stage}/*`,
  };
  return {
    principalId: principal.subject,
    policyDocument: {
      Version: "2012-10-17",
      // A Deny needs no expiry: a token that lacks the scope never gains it.
      Statement: [allowed ? { ...statement, Condition: until(principal.expires) } : statement],
    },
    context: {
      [authorizerContext.subject]: principal.subject,
      [authorizerContext.client]: principal.client,
      [authorizerContext.scopes]: principal.scopes.join(" "),
    },
  };
}

/** @param expires seconds since the epoch; rounded down, so that the policy never outlives the token */
function until(expires: number) {
  const time = new Date(Math.floor(expires) * 1000).toISOString().replace(".000Z", "Z");
  return { DateLessThan: { "aws:CurrentTime": time } };
}
