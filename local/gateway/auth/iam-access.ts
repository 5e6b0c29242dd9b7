// IAM authorization: a known principal must have signed the request, and the policies of principal and API must
// together allow it.

import type { Identities } from "../../iam/identities";
import { type ApiRequest, type Caller, methodArn } from "../../server/api-request";
import { invokeAction, keysOf, resourcesOf } from "./request-context";
import { type Decision, decide } from "../../iam/decision";
import type { ResourcePolicy } from "./resource-policy";
import { signerOf } from "../../iam/sigv4/verify";
import { type GatewayResponse, isGatewayResponse } from "../request/exchange";

export async function authorizeByIam(
  request: ApiRequest,
  identities: Identities,
  clock: () => number,
  policy?: ResourcePolicy,
): Promise<Caller | GatewayResponse> {
  const now = clock();
  const principal = await signerOf(request, identities, now);
  if (isGatewayResponse(principal)) return principal;
  const keys = keysOf(request, now, {
    "aws:PrincipalArn": principal.arn,
    "aws:PrincipalAccount": principal.account,
    "aws:userid": principal.userId,
  });
  const own = decide(principal.policies, { action: invokeAction, resources: resourcesOf(request), keys });
  const ofApi = policy?.decide(request, now, principal) ?? "implicitDeny";
  const decision = together(own, ofApi, principal.account === request.api.account);
  if (decision !== "allow") {
    // AWS masks the resource's account, since the caller may belong to another.
    const resource = methodArn({
      ...request,
      api: { ...request.api, account: `********${request.api.account.slice(-4)}` },
    });
    const suffix = decision === "explicitDeny" ? " with an explicit deny" : "";
    return {
      type: "ACCESS_DENIED",
      message: `User: ${principal.arn} is not authorized to perform: ${invokeAction} on resource: ${resource}${suffix}`,
      reason:
        decision === "explicitDeny"
          ? "a policy of the principal or of the API denies it"
          : "no policy of the principal, or none of the API, allows it",
    };
  }
  return {
    identity: {
      accessKey: principal.accessKeyId,
      accountId: principal.account,
      caller: principal.userId,
      user: principal.userId,
      userArn: principal.arn,
    },
  };
}

/** Within an account, one policy's Allow is enough; across accounts both must allow. A Deny in either wins. */
function together(own: Decision, ofApi: Decision, sameAccount: boolean): Decision {
  if (own === "explicitDeny" || ofApi === "explicitDeny") return "explicitDeny";
  const allowed = sameAccount ? own === "allow" || ofApi === "allow" : own === "allow" && ofApi === "allow";
  return allowed ? "allow" : "implicitDeny";
}
