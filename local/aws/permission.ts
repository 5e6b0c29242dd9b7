// Decides whether a principal may perform an action on a resource, by the identity, resource and VPC endpoint policies that
// the program declares.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import type { ConditionKeys } from "../gateway/protections/policy/condition";
import { decide } from "../gateway/protections/policy/decision";
import { type Policy, policyOf } from "../gateway/protections/policy/policy";
import type { Principal } from "../identities";
import { ServiceError } from "./service-error";

export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** Condition keys in addition to the principal's own; names in lower case. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Policy of the resource: it can deny what the principal's policies allow. */
  readonly resourcePolicy?: Policy | undefined;
  /** Policy of the VPC endpoint that the call goes through: it must allow the call as well. */
  readonly endpointPolicy?: Policy | undefined;
}

/**
 * Returns if the principal may do it.
 * @param at milliseconds since the epoch
 * @throws ServiceError 400 AccessDeniedException, with AWS's message
 */
export function permit(principal: Principal, at: number, permission: Permission): void {
  const { action, resource, keys, resourcePolicy, endpointPolicy } = permission;
  const known: ConditionKeys = new Map([
    ["aws:currenttime", new Date(at).toISOString()],
    ["aws:securetransport", "true"],
    ["aws:principalarn", principal.arn],
    ["aws:principalaccount", principal.account],
    ["aws:userid", principal.userId],
    ...Object.entries(keys ?? {}),
  ]);
  const policies = [...principal.policies, ...(resourcePolicy === undefined ? [] : [resourcePolicy])];
  const asked = { action, resources: [resource], keys: known };
  const decision = decide(policies, asked);
  const refuse = (why: string): never => {
    throw new ServiceError(
      400,
      "AccessDeniedException",
      `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
    );
  };
  if (decision === "explicitDeny") refuse("with an explicit deny");
  if (decision !== "allow") refuse("because no identity-based policy allows the action");
  if (endpointPolicy !== undefined && decide([endpointPolicy], asked) !== "allow")
    refuse(`because no VPC endpoint policy allows the ${action} action`);
}

/**
 * Reads a resource policy. Only statements that deny something to everyone (`Principal: "*"`) are supported.
 * @throws Error for any other statement
 */
export function denyingPolicyOf(document: unknown): Policy {
  return policyForAll("Deny", document);
}

/**
 * Reads a VPC endpoint policy. Only statements that let everyone's calls (`Principal: "*"`) pass are supported; the caller
 * still needs a permission of its own.
 * @throws Error for any other statement
 */
export function passingPolicyOf(document: unknown): Policy {
  return policyForAll("Allow", document);
}

function policyForAll(effect: "Allow" | "Deny", document: unknown): Policy {
  const { Statement, ...policy } = document as { Statement: Record<string, unknown>[] };
  const statements = Statement.map(({ Principal, ...statement }) => {
    if (Principal !== "*" || statement.Effect !== effect) throw new Error(`a statement is not for everyone: ${effect}`);
    return statement;
  });
  return policyOf({ ...policy, Statement: statements });
}
