// Whether a principal may do something to a resource, by its own policies and the resource's, as the program declares them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import type { ConditionKeys } from "../gateway/protections/policy/condition";
import { decide } from "../gateway/protections/policy/decision";
import { type Policy, policyOf } from "../gateway/protections/policy/policy";
import type { Principal } from "../identities";
import { ServiceError } from "./service-error";

export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** Condition keys beside the principal's, names in lower case. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Of the resource: it may deny what the principal's policies allow. */
  readonly resourcePolicy?: Policy | undefined;
  /** Of the VPC endpoint that the call passes: it has to allow it, too. */
  readonly endpointPolicy?: Policy | undefined;
}

/** @throws ServiceError (AccessDeniedException) in AWS's words */
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
 * A resource policy whose statements deny something to everyone: all that is evaluated here.
 * @throws Error for a statement that allows, or speaks of someone
 */
export function denyingPolicyOf(document: unknown): Policy {
  return policyForAll("Deny", document);
}

/**
 * A policy of a VPC endpoint, whose statements allow something to everyone who may do it anyway.
 * @throws Error for a statement that denies, or speaks of someone
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
