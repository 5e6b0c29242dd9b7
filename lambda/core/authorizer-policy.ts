// The policy that a verified token earns, in the form that API Gateway caches and evaluates.

import type { APIGatewayAuthorizerResult, Statement } from "aws-lambda";
import { authorizerContext } from "../../contract";
import type { Principal } from "./token-claims";

/** `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>`, with the stage's part captured. */
const methodArnForm = /^(arn:[\w-]+:execute-api:[\w-]+:\d+:[\w-]+\/[\w-]+)\/[A-Z]+\//;

/**
 * The policy covers this API and stage whole: API Gateway caches it by token and evaluates it again for every route, so one
 * for the called method alone would deny the same token on the next. The condition ends it with the token, however long it is cached.
 *
 * @param methodArn ARN of the method called, as API Gateway hands it over
 * @throws Error where the ARN has another form: no policy can be given for it
 */
export function policyFor(principal: Principal, allowed: boolean, methodArn: string): APIGatewayAuthorizerResult {
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
      // Deny stands without an end: a token that lacks the scope will not gain it.
      Statement: [allowed ? { ...statement, Condition: until(principal.expires) } : statement],
    },
    context: {
      [authorizerContext.subject]: principal.subject,
      [authorizerContext.client]: principal.client,
      [authorizerContext.scopes]: principal.scopes.join(" "),
    },
  };
}

/** @param expires seconds since the epoch; a fraction is dropped, so that the policy never outlives the token */
function until(expires: number) {
  const time = new Date(Math.floor(expires) * 1000).toISOString().replace(".000Z", "Z");
  return { DateLessThan: { "aws:CurrentTime": time } };
}
