// A condition that can never hold makes an Allow useless, and a Deny of everybody but somebody a Deny of everybody.
//
// Which condition keys a resource's policy can use: the global ones, and those of the resource's own service. Any other
// never has a value there, so that an Allow never holds, and a Deny with a negation hits everybody; S3 and others even
// refuse to store it.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

import { record } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import {
  endpointStatements,
  endpointType,
  resourcePolicyTypes,
  resourceStatements,
  type Statement,
  trustStatements,
} from "../../queries/statements";

const roleType = "aws:iam/role:Role";

/** Types whose module is not the prefix of the service's actions and condition keys. */
const prefixes: Readonly<Record<string, string>> = {
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "logs",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "events",
  "aws:apigateway/restApi:RestApi": "execute-api",
  "aws:apigateway/restApiPolicy:RestApiPolicy": "execute-api",
  [roleType]: "sts",
};

const names = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().split(/\s+/));

/** Global keys, without `aws:`. SNS alone has SourceOwner, which its default policies use. */
const global = names(`PrincipalArn PrincipalAccount PrincipalOrgPaths PrincipalOrgID PrincipalIsAWSService
  PrincipalServiceName PrincipalServiceNamesList PrincipalType userid username
  AssumedRoot FederatedProvider TokenIssueTime MultiFactorAuthAge MultiFactorAuthPresent ChatbotSourceArn
  Ec2InstanceSourceVpc Ec2InstanceSourcePrivateIPv4 SourceIdentity
  SourceIp SourceVpc SourceVpcArn SourceVpce VpceAccount VpceOrgID VpceOrgPaths VpcSourceIp
  ResourceAccount ResourceOrgID ResourceOrgPaths
  CalledVia CalledViaFirst CalledViaLast ViaAWSService CurrentTime EpochTime Referer RequestedRegion TagKeys
  SecureTransport SourceArn SourceAccount SourceOrgID SourceOrgPaths UserAgent SourceOwner`);
const tag = /^(principal|request|resource)tag\/./;

/**
 * The global keys that the policy of a REST API can use.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
 */
const ofApis = names(`CurrentTime EpochTime PrincipalAccount PrincipalArn PrincipalOrgID PrincipalOrgPaths PrincipalType
  Referer SecureTransport SourceArn SourceIp SourceVpc SourceVpce VpcSourceIp UserAgent userid username`);

/** Claims of a federated identity's token: `<issuer>:<claim>`, for who assumes a role with it. */
const claim = /^([\w-]+\.)+[\w-]+(\/[\w./-]*)?:\w+$/;

export const resourcePolicyUsesItsServicesKeys: Rule = {
  name: "resource-policy-uses-its-services-keys",
  description:
    "The conditions of a resource policy, of a role's trust and of a VPC endpoint's policy use condition keys that have a value there: global ones and those of the service, never lambda:SourceFunctionArn.",
  severity: "high",
  controls: ["OWN.PolicyKeys", "API8"],
  types: [...resourcePolicyTypes, roleType, endpointType],
  check: (resource) => {
    const { type } = resource;
    const read = type === roleType ? trustStatements : type === endpointType ? endpointStatements : resourceStatements;
    const statements = read(resource);
    if (statements.length === 0) return undefined;
    const service = prefixes[type] ?? type.split(/[:/]/)[1]!;
    return statements.flatMap((statement) => {
      // An endpoint's policy is about the services that its statement names.
      const services = type === endpointType ? servicesOf(statement) : [service];
      return Object.values(statement.conditions)
        .flatMap((tests) => Object.keys(record(tests)))
        .filter((key) => !canUse(key, services))
        .map((key) => violation("a condition asks for what has no value in this policy", key));
    });
  },
};

function servicesOf({ actions }: Statement): string[] {
  return actions.map((action) => action.toLowerCase().split(":")[0]!);
}

/**
 * Whether the policy of a resource of these services can use a key.
 * @param services their prefixes in actions and condition keys, for example `s3`; `sts` for the trust of a role
 */
function canUse(key: string, services: readonly string[]): boolean {
  const name = key.toLowerCase();
  // AWS keeps it for the policies of identities and organisations, whatever the resource.
  // Source: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
  if (name === "lambda:sourcefunctionarn") return false;
  const [prefix = "", rest = ""] = name.split(/:(.*)/s);
  if (prefix === "aws") {
    if (services.includes("execute-api")) return ofApis.has(rest) || rest.startsWith("principaltag/");
    return global.has(rest) || tag.test(rest);
  }
  if (services.includes("sts") && (prefix === "saml" || claim.test(name))) return true;
  return services.includes(prefix);
}
