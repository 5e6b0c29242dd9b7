// The pack: every rule with the severity of a violation and the controls that require it. A rule says how, this file
// why. Controls are ids of AWS Foundational Security Best Practices and of OWASP's API Security Top 10 (2023), or
// `OWN.*` for this project's own where no standard has one. docs/policy.md shows them as a table.

import type { Rule } from "./queries/rule";
import { alarmActs } from "./rules/functions/alarm-acts";
import { alarmWatchesSomething } from "./rules/functions/alarm-watches-something";
import { apiKeyIsNeverAlone } from "./rules/callers/api-key-is-never-alone";
import { apiKeyOpensAPlan } from "./rules/callers/api-key-opens-a-plan";
import { auth0ApiIsReachedByAGrant } from "./rules/identities/auth0-api-is-reached-by-a-grant";
import { auth0ApiSignsShortTokens } from "./rules/identities/auth0-api-signs-short-tokens";
import { auth0ClientIsAMachine } from "./rules/identities/auth0-client-is-a-machine";
import { auth0GrantNamesScopes } from "./rules/identities/auth0-grant-names-scopes";
import { authorizerCacheIsBounded } from "./rules/callers/authorizer-cache-is-bounded";
import { authorizerIsUsed } from "./rules/callers/authorizer-is-used";
import { authorizerRefusesWhatIsNoToken } from "./rules/callers/authorizer-refuses-what-is-no-token";
import { backendKnowsItsGateway } from "./rules/transport/backend-knows-its-gateway";
import { browsersComeFromANamedOrigin } from "./rules/callers/browsers-come-from-a-named-origin";
import { bucketBlocksPublicAccess } from "./rules/buckets/bucket-blocks-public-access";
import { bucketDeniesPlainHttp } from "./rules/buckets/bucket-denies-plain-http";
import { bucketExpiresOldVersions } from "./rules/buckets/bucket-expires-old-versions";
import { bucketIsEncryptedByOurKey } from "./rules/buckets/bucket-is-encrypted-by-our-key";
import { bucketIsReplicated } from "./rules/buckets/bucket-is-replicated";
import { bucketKeepsVersions } from "./rules/buckets/bucket-keeps-versions";
import { bucketKnowsNoAcls } from "./rules/buckets/bucket-knows-no-acls";
import { bucketLocksObjects } from "./rules/buckets/bucket-locks-objects";
import { bucketLogsAccess } from "./rules/buckets/bucket-logs-access";
import { clientsSpeakTls12 } from "./rules/transport/clients-speak-tls-1-2";
import { cloudKeyIsKept } from "./rules/keys/cloud-key-is-kept";
import { cloudKeyIsPrivate } from "./rules/keys/cloud-key-is-private";
import { cloudKeyRolesAreNarrow } from "./rules/keys/cloud-key-roles-are-narrow";
import { cloudKeyRotates } from "./rules/keys/cloud-key-rotates";
import { decryptionNamesItsKeys } from "./rules/roles/decryption-names-its-keys";
import { defaultSecurityGroupIsClosed } from "./rules/network/default-security-group-is-closed";
import { deploymentFollowsTheDocument } from "./rules/transport/deployment-follows-the-document";
import { endpointSurvivesAnInstance } from "./rules/network/endpoint-survives-an-instance";
import { firewallBlocksKnownAttacks } from "./rules/firewall/firewall-blocks-known-attacks";
import { firewallBoundsBodies } from "./rules/firewall/firewall-bounds-bodies";
import { firewallHasRules } from "./rules/firewall/firewall-has-rules";
import { firewallLimitsRates } from "./rules/firewall/firewall-limits-rates";
import { firewallLogs } from "./rules/firewall/firewall-logs";
import { firewallLogsNoCredentials } from "./rules/firewall/firewall-logs-no-credentials";
import { firewallMeasuresItsRules } from "./rules/firewall/firewall-measures-its-rules";
import { functionCodeIsSigned } from "./rules/functions/function-code-is-signed";
import { functionEndsInTime } from "./rules/functions/function-ends-in-time";
import { functionEnvironmentHoldsNoSecret } from "./rules/functions/function-environment-holds-no-secret";
import { functionEnvironmentIsEncrypted } from "./rules/functions/function-environment-is-encrypted";
import { functionHasItsOwnConcurrency } from "./rules/functions/function-has-its-own-concurrency";
import { functionHasItsOwnLog } from "./rules/functions/function-has-its-own-log";
import { functionIsInANetwork } from "./rules/functions/function-is-in-a-network";
import { functionIsInvokedByNamedCallers } from "./rules/functions/function-is-invoked-by-named-callers";
import { functionIsTraced } from "./rules/functions/function-is-traced";
import { functionRuntimeIsSupported } from "./rules/functions/function-runtime-is-supported";
import { functionSpansTwoZones } from "./rules/functions/function-spans-two-zones";
import { jwtAuthorizerNamesIssuerAndAudience } from "./rules/callers/jwt-authorizer-names-issuer-and-audience";
import { keyHasItsOwnPolicy } from "./rules/keys/key-has-its-own-policy";
import { keyOutlivesAMistake } from "./rules/keys/key-outlives-a-mistake";
import { keyRotates } from "./rules/keys/key-rotates";
import { logsAreEncryptedByOurKey } from "./rules/functions/logs-are-encrypted-by-our-key";
import { logsAreKeptAYear } from "./rules/functions/logs-are-kept-a-year";
import { modelIsIsolated } from "./rules/network/model-is-isolated";
import { moduleDeliversWhatItsSwitchPromises } from "./rules/network/module-delivers-what-its-switch-promises";
import { networkAdmitsNobody } from "./rules/network/network-admits-nobody";
import { networkBoundsWhatGoesOut } from "./rules/network/network-bounds-what-goes-out";
import { networkLogsItsFlows } from "./rules/network/network-logs-its-flows";
import { outputsHoldNoSecret } from "./rules/keys/outputs-hold-no-secret";
import { ownDomainClosesTheDefaultEndpoint } from "./rules/transport/own-domain-closes-the-default-endpoint";
import { privateBackendSpeaksHttps } from "./rules/transport/private-backend-speaks-https";
import { providerHoldsNoCredential } from "./rules/keys/provider-holds-no-credential";
import { queueIsEncrypted } from "./rules/functions/queue-is-encrypted";
import { resourcePolicyNamesWho } from "./rules/roles/resource-policy-names-who";
import { resourcePolicyUsesItsServicesKeys } from "./rules/keys/resource-policy-uses-its-services-keys";
import { resourceTypeIsReviewed } from "./rules/inventory/resource-type-is-reviewed";
import { resourcesAreTagged } from "./rules/network/resources-are-tagged";
import { roleHasAPolicy } from "./rules/roles/role-has-a-policy";
import { rolePolicyGivesNoRights } from "./rules/roles/role-policy-gives-no-rights";
import { rolePolicyNamesActions } from "./rules/roles/role-policy-names-actions";
import { rolePolicyNamesResources } from "./rules/roles/role-policy-names-resources";
import { roleTakesNoBroadPolicy } from "./rules/roles/role-takes-no-broad-policy";
import { roleTrustsOnePrincipal } from "./rules/roles/role-trusts-one-principal";
import { routeAsksWhoCalls } from "./rules/callers/route-asks-who-calls";
import { routeParametersAreValidated } from "./rules/callers/route-parameters-are-validated";
import { routeWithAKeyHasAPlan } from "./rules/callers/route-with-a-key-has-a-plan";
import { secretIsEncryptedByOurKey } from "./rules/keys/secret-is-encrypted-by-our-key";
import { secretIsReadByNamedRoles } from "./rules/keys/secret-is-read-by-named-roles";
import { secretRotates } from "./rules/keys/secret-rotates";
import { secretRotationMayRun } from "./rules/keys/secret-rotation-may-run";
import { secretValueStaysOutOfTheProgram } from "./rules/keys/secret-value-stays-out-of-the-program";
import { serviceAccessIsBound } from "./rules/roles/service-access-is-bound";
import { stageCacheIsEncrypted } from "./rules/transport/stage-cache-is-encrypted";
import { stageHasAFirewall } from "./rules/firewall/stage-has-a-firewall";
import { stageIsTraced } from "./rules/transport/stage-is-traced";
import { stageLogsAccessWithoutCredentials } from "./rules/transport/stage-logs-access-without-credentials";
import { stageLogsExecution } from "./rules/transport/stage-logs-execution";
import { stageLogsNoBodies } from "./rules/transport/stage-logs-no-bodies";
import { stageRaisesAlarms } from "./rules/alarms/stage-raises-alarms";
import { stageThrottles } from "./rules/transport/stage-throttles";
import { subnetLiesInARegularZone } from "./rules/network/subnet-lies-in-a-regular-zone";
import { tokenRoutesAskForAScope } from "./rules/callers/token-routes-ask-for-a-scope";
import { topicIsEncrypted } from "./rules/functions/topic-is-encrypted";
import { trainingIsSealed } from "./rules/network/training-is-sealed";
import { trainingRunsInTheNetwork } from "./rules/network/training-runs-in-the-network";
import { trafficRulesSayWhatFor } from "./rules/network/traffic-rules-say-what-for";
import { truststoreIsPinned } from "./rules/transport/truststore-is-pinned";
import { usagePlanGuardsARoute } from "./rules/callers/usage-plan-guards-a-route";
import { usagePlanHasNumbers } from "./rules/callers/usage-plan-has-numbers";
import { userPoolAdmitsNobodyByItself } from "./rules/identities/user-pool-admits-nobody-by-itself";
import { userPoolAsksForASecondFactor } from "./rules/identities/user-pool-asks-for-a-second-factor";
import { userPoolClientTellsNothing } from "./rules/identities/user-pool-client-tells-nothing";
import { userPoolDemandsStrongPasswords } from "./rules/identities/user-pool-demands-strong-passwords";
import { userPoolWatchesForThreats } from "./rules/identities/user-pool-watches-for-threats";

export type Severity = "low" | "medium" | "high" | "critical";

export interface Entry {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly controls: readonly string[];
}

function entry(rule: Rule, severity: Severity, controls: string): Entry {
  return { rule, severity, controls: controls.split(" ") };
}

export const pack: readonly Entry[] = [
  // Who may call
  entry(routeAsksWhoCalls, "high", "OWN.RestAuth APIGateway.8 API2 API5"),
  entry(apiKeyIsNeverAlone, "high", "OWN.KeyNotAuth API2"),
  entry(authorizerIsUsed, "high", "OWN.AuthorizerUsed API2"),
  entry(authorizerCacheIsBounded, "low", "OWN.AuthorizerTtl API5"),
  entry(authorizerRefusesWhatIsNoToken, "low", "OWN.AuthorizerInput API2"),
  entry(jwtAuthorizerNamesIssuerAndAudience, "high", "OWN.JwtAuthorizer API2"),
  entry(tokenRoutesAskForAScope, "medium", "OWN.RouteScopes API5"),
  entry(apiKeyOpensAPlan, "medium", "OWN.UsagePlan API4"),
  entry(routeWithAKeyHasAPlan, "medium", "OWN.UsagePlan API4"),
  entry(usagePlanHasNumbers, "medium", "OWN.UsagePlanNumbers API4 API6"),
  entry(usagePlanGuardsARoute, "medium", "OWN.PlanNeedsKey"),
  entry(browsersComeFromANamedOrigin, "medium", "API8"),
  entry(routeParametersAreValidated, "medium", "OWN.ReqValidation API3"),
  // How they call
  entry(clientsSpeakTls12, "high", "OWN.TLS12 API8"),
  entry(ownDomainClosesTheDefaultEndpoint, "medium", "OWN.DefaultEndpoint API8"),
  entry(truststoreIsPinned, "medium", "OWN.Mtls"),
  entry(backendKnowsItsGateway, "medium", "APIGateway.2"),
  entry(privateBackendSpeaksHttps, "medium", "Config:apigatewayv2-integration-private-https"),
  entry(deploymentFollowsTheDocument, "high", "API9"),
  entry(stageLogsAccessWithoutCredentials, "medium", "OWN.RestAccessLog APIGateway.9 API8"),
  entry(stageLogsExecution, "medium", "APIGateway.1"),
  entry(stageLogsNoBodies, "high", "OWN.DataTrace API8"),
  entry(stageIsTraced, "low", "APIGateway.3"),
  entry(stageThrottles, "medium", "OWN.Throttle API4"),
  entry(stageCacheIsEncrypted, "medium", "APIGateway.5"),
  // Firewall
  entry(stageHasAFirewall, "medium", "APIGateway.4"),
  entry(firewallHasRules, "medium", "WAF.10"),
  entry(firewallLimitsRates, "medium", "OWN.WafRate API4 API6"),
  entry(firewallBlocksKnownAttacks, "medium", "OWN.WafManaged"),
  entry(firewallBoundsBodies, "medium", "OWN.WafManaged API4"),
  entry(firewallMeasuresItsRules, "medium", "WAF.12"),
  entry(firewallLogs, "low", "WAF.11"),
  entry(firewallLogsNoCredentials, "medium", "OWN.WafRedact WAF.11"),
  // Identities
  entry(auth0ApiSignsShortTokens, "high", "OWN.Auth0Api"),
  entry(auth0ApiIsReachedByAGrant, "high", "OWN.Auth0Api"),
  entry(auth0ClientIsAMachine, "medium", "OWN.Auth0Api API2"),
  entry(auth0GrantNamesScopes, "medium", "OWN.Auth0Api API5"),
  entry(userPoolAdmitsNobodyByItself, "medium", "OWN.CognitoAdminOnly"),
  entry(userPoolClientTellsNothing, "medium", "OWN.CognitoClient"),
  entry(userPoolWatchesForThreats, "medium", "Cognito.1"),
  entry(userPoolAsksForASecondFactor, "medium", "OWN.CognitoMfa"),
  entry(userPoolDemandsStrongPasswords, "medium", "OWN.CognitoPassword"),
  // Roles and policies
  entry(rolePolicyNamesActions, "high", "IAM.1 IAM.21"),
  entry(rolePolicyNamesResources, "high", "IAM.1 API1"),
  entry(rolePolicyGivesNoRights, "high", "IAM.1"),
  entry(decryptionNamesItsKeys, "medium", "KMS.1 KMS.2"),
  entry(roleTakesNoBroadPolicy, "high", "OWN.ManagedFullAccess IAM.1"),
  entry(roleTrustsOnePrincipal, "high", "IAM.1"),
  entry(roleHasAPolicy, "low", "OWN.RoleUsed"),
  entry(resourcePolicyNamesWho, "critical", "KMS.5 S3.6 S3.2"),
  entry(resourcePolicyUsesItsServicesKeys, "high", "OWN.PolicyKeys API8"),
  entry(serviceAccessIsBound, "medium", "KMS.5"),
  // Keys and secrets
  entry(keyRotates, "medium", "KMS.4"),
  entry(keyOutlivesAMistake, "low", "KMS.3(window)"),
  entry(keyHasItsOwnPolicy, "low", "KMS.5"),
  entry(cloudKeyRotates, "medium", "GCP.KMS.rotation"),
  entry(cloudKeyIsKept, "low", "GCP.KMS.protect"),
  entry(cloudKeyIsPrivate, "critical", "GCP.KMS.public"),
  entry(cloudKeyRolesAreNarrow, "medium", "GCP.KMS.public"),
  entry(secretRotates, "medium", "SecretsManager.1 SecretsManager.4"),
  entry(secretRotationMayRun, "high", "OWN.RotationInvoke"),
  entry(secretIsEncryptedByOurKey, "medium", "OWN.SecretCmk"),
  entry(secretIsReadByNamedRoles, "high", "OWN.SecretReaders"),
  entry(secretValueStaysOutOfTheProgram, "high", "OWN.LambdaEnvSecret"),
  entry(outputsHoldNoSecret, "high", "OWN.LambdaEnvSecret API8"),
  // Functions
  entry(functionIsInvokedByNamedCallers, "critical", "Lambda.1"),
  entry(functionRuntimeIsSupported, "medium", "Lambda.2"),
  entry(functionIsInANetwork, "low", "Lambda.3 API7"),
  entry(functionSpansTwoZones, "medium", "Lambda.5"),
  entry(subnetLiesInARegularZone, "medium", "OWN.SubnetZone"),
  entry(functionIsTraced, "low", "Lambda.7"),
  entry(functionEnvironmentHoldsNoSecret, "high", "OWN.LambdaEnvSecret"),
  entry(functionEnvironmentIsEncrypted, "low", "OWN.LambdaEnvKms"),
  entry(functionEndsInTime, "low", "OWN.LambdaLimits API4"),
  entry(functionHasItsOwnConcurrency, "low", "OWN.LambdaLimits API4"),
  entry(functionHasItsOwnLog, "medium", "OWN.LogGroupExists"),
  entry(functionCodeIsSigned, "low", "OWN.CodeSigning"),
  // Logs and alarms
  entry(logsAreKeptAYear, "medium", "CloudWatch.16"),
  entry(logsAreEncryptedByOurKey, "medium", "OWN.LogKms"),
  entry(alarmActs, "medium", "CloudWatch.15/17"),
  entry(alarmWatchesSomething, "low", "OWN.AlarmTarget"),
  entry(stageRaisesAlarms, "medium", "OWN.AlarmTarget API4 API6"),
  entry(queueIsEncrypted, "medium", "SQS.1/SNS.1"),
  entry(topicIsEncrypted, "medium", "SQS.1/SNS.1"),
  // Buckets
  entry(bucketBlocksPublicAccess, "critical", "S3.2/S3.3/S3.8"),
  entry(bucketDeniesPlainHttp, "medium", "S3.5"),
  entry(bucketLogsAccess, "medium", "S3.9"),
  entry(bucketExpiresOldVersions, "low", "S3.10/S3.13"),
  entry(bucketKnowsNoAcls, "medium", "S3.12"),
  entry(bucketKeepsVersions, "low", "S3.14"),
  entry(bucketIsEncryptedByOurKey, "medium", "S3.17"),
  entry(bucketIsReplicated, "low", "S3.7"),
  entry(bucketLocksObjects, "medium", "S3.15"),
  // Network
  entry(defaultSecurityGroupIsClosed, "high", "EC2.2"),
  entry(networkLogsItsFlows, "medium", "EC2.6"),
  entry(networkAdmitsNobody, "high", "EC2.13/18/19"),
  entry(networkBoundsWhatGoesOut, "low", "OWN.SgEgress API7"),
  entry(trafficRulesSayWhatFor, "low", "OWN.SgDescription"),
  // Training
  entry(trainingIsSealed, "medium", "OWN.SageMakerPipelineKms"),
  entry(trainingRunsInTheNetwork, "medium", "API7"),
  entry(modelIsIsolated, "medium", "SageMaker.5"),
  entry(endpointSurvivesAnInstance, "medium", "SageMaker.4"),
  // The stack as a whole
  entry(resourceTypeIsReviewed, "high", "API9"),
  entry(resourcesAreTagged, "medium", "API9"),
  entry(providerHoldsNoCredential, "high", "API8"),
  entry(moduleDeliversWhatItsSwitchPromises, "high", "API9"),
];
