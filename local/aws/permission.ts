// Decides whether a principal may perform an action on a resource, by the identity and resource policies that the
// program declares.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import type { Resource } from "../../graph/resource";
import type { ConditionKeys } from "../iam/condition";
import { decide } from "../iam/decision";
import { type Policy, policyOf } from "../iam/policy";
import { Unenforceable } from "../base/unenforceable";
import type { Principal } from "../iam/identities";
import { ServiceError } from "./service";
import { PolicyError } from "../iam/condition-keys";

export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** Condition keys in addition to the principal's own; names in lower case. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Policy of the resource: it can deny what the principal's policies allow. */
  readonly resourcePolicy?: Policy | undefined;
  /**
   * Whether the service speaks REST: it then answers 403 with `Message` alone (danilop/LambdAuth#37), where one that
   * speaks JSON or query answers 400 with `__type`.
   */
  readonly rest?: boolean;
}

/**
 * Returns if the principal may do it.
 * @param at milliseconds since the epoch
 * @throws ServiceError 400 or 403 AccessDeniedException, with AWS's message
 */
export function permit(principal: Principal, at: number, permission: Permission): void {
  const { action, resource, keys, resourcePolicy, rest = false } = permission;
  const known: ConditionKeys = new Map([
    ["aws:currenttime", new Date(at).toISOString()],
    ["aws:securetransport", "true"],
    ["aws:principalarn", principal.arn],
    ["aws:principalaccount", principal.account],
    ["aws:userid", principal.userId],
    ...Object.entries(keys ?? {}),
  ]);
  const policies = [...principal.policies, ...(resourcePolicy === undefined ? [] : [resourcePolicy])];
  const decision = decide(policies, { action, resources: [resource], keys: known });
  const deny = (why: string): never => {
    const Message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
    throw new ServiceError(rest ? 403 : 400, "AccessDeniedException", Message, rest ? { Message } : undefined);
  };
  if (decision === "explicitDeny") deny("with an explicit deny");
  if (decision !== "allow") deny(`because no identity-based policy allows the ${action} action`);
}

/**
 * Reads the policy of a resource. Only statements that deny something to everyone (`Principal: "*"`) are supported.
 * @param service prefix of the service's actions and condition keys, for example `s3`
 * @throws Unenforceable for any other statement, and for one that the service would not store
 */
export function denyingPolicyOf({ urn, inputs }: Resource, service: string): Policy {
  const { Statement, ...rest } = JSON.parse(String(inputs.policy)) as { Statement: Record<string, unknown>[] };
  try {
    const statements = Statement.flatMap(({ Principal, ...statement }) => {
      if (Principal !== "*" || statement.Effect !== "Deny")
        throw new PolicyError("unsupported", "a statement that is not for everyone: Deny");
      return policyOf({ ...rest, Statement: [statement] }, { resourceOf: [service] }).statements;
    });
    return { statements };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new Unenforceable(urn, `its policy cannot be evaluated: ${error.message}`);
  }
}
