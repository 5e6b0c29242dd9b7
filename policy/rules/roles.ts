// IAM roles and the policies of identities and resources.

import type { Rule } from "../queries/rule";
import { actionHasItsCondition } from "./roles/action-has-its-condition";
import { decryptionNamesItsKeys } from "./roles/decryption-names-its-keys";
import { networkRightsAreDeniedToTheCode } from "./roles/network-rights-are-denied-to-the-code";
import { resourcePolicyNamesActions } from "./roles/resource-policy-names-actions";
import { resourcePolicyNamesItsServices } from "./roles/resource-policy-names-its-services";
import { resourcePolicyNamesResources } from "./roles/resource-policy-names-resources";
import { resourcePolicyNamesWho } from "./roles/resource-policy-names-who";
import { resourcePolicyUsesItsServicesKeys } from "./roles/resource-policy-uses-its-services-keys";
import { roleHasAPolicy } from "./roles/role-has-a-policy";
import { rolePolicyGivesNoRights } from "./roles/role-policy-gives-no-rights";
import { rolePolicyNamesActions } from "./roles/role-policy-names-actions";
import { rolePolicyNamesResources } from "./roles/role-policy-names-resources";
import { roleServesWhatUsesIt } from "./roles/role-serves-what-uses-it";
import { roleTakesNoBroadPolicy } from "./roles/role-takes-no-broad-policy";
import { roleTrustsOnePrincipal } from "./roles/role-trusts-one-principal";
import { serviceAccessIsBound } from "./roles/service-access-is-bound";

export const roles: readonly Rule[] = [
  rolePolicyNamesActions,
  rolePolicyNamesResources,
  rolePolicyGivesNoRights,
  decryptionNamesItsKeys,
  roleTakesNoBroadPolicy,
  roleTrustsOnePrincipal,
  roleHasAPolicy,
  resourcePolicyNamesWho,
  resourcePolicyUsesItsServicesKeys,
  serviceAccessIsBound,
  roleServesWhatUsesIt,
  resourcePolicyNamesActions,
  resourcePolicyNamesResources,
  resourcePolicyNamesItsServices,
  actionHasItsCondition,
  networkRightsAreDeniedToTheCode,
];
