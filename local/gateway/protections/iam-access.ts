// IAM authorization: the call is signed by a principal of the account, and the principal's policies allow this method.

import type { Identities } from "../../identities";
import { type Call, type Caller, isRefusal, methodArn, type Refusal } from "../call";
import { invokeAction, keysOf, resourcesOf } from "./call-facts";
import { decide } from "./policy/decision";
import { signerOf } from "./sigv4/verify";

export async function authorizeByIam(
  call: Call,
  identities: Identities,
  clock: () => number,
): Promise<Caller | Refusal> {
  const now = clock();
  const principal = await signerOf(call, identities, now);
  if (isRefusal(principal)) return principal;
  const keys = keysOf(call, now, {
    "aws:PrincipalArn": principal.arn,
    "aws:PrincipalAccount": principal.account,
    "aws:userid": principal.userId,
  });
  const decision = decide(principal.policies, { action: invokeAction, resources: resourcesOf(call), keys });
  if (decision !== "allow") {
    // AWS masks the account of the resource: the caller may be of another.
    const resource = methodArn({ ...call, api: { ...call.api, account: `********${call.api.account.slice(-4)}` } });
    const suffix = decision === "explicitDeny" ? " with an explicit deny" : "";
    return {
      refused: "ACCESS_DENIED",
      message: `User: ${principal.arn} is not authorized to perform: ${invokeAction} on resource: ${resource}${suffix}`,
      reason:
        decision === "explicitDeny" ? "a policy of the principal denies it" : "no policy of the principal allows it",
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
