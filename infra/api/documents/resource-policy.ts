// The resource policy of a REST API: from where it may be called and, under IAM, by whom. Pure; part of the API
// document, so that a change of it is deployed.
//
// What the policy must allow depends on the authorization, and one Allow too many would open the API:
//   apiKey, cognito   the policy must allow the call: it allows everyone in the networks, and denies everyone else
//   iam, lambda       an Allow would replace the caller's own policy, or the authorizer's (if that one merely does not
//                     allow, a token without the scope would get in): it only denies, and under IAM allows the clients
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html (tables A and B)
// AWS providers before upstream's 6.48 overwrite a changed policy with that of their state: hashicorp/terraform-provider-aws#48118.

import type { RestAuthorization } from "./rest-api-document";
import type { ClientSetting } from "../../settings/client-settings";
import { userError } from "../../base/user-error";

export interface ResourcePolicyArgs {
  readonly kind: RestAuthorization["kind"];
  readonly stageName: string;
  /** The plain route, for example `/mymodel`. */
  readonly plainPath: string;
  /** The model that the plain route serves. */
  readonly defaultModel: string;
  /** Networks (CIDR) that may call; empty: all. */
  readonly networks: readonly string[];
  readonly clients: readonly Pick<ClientSetting, "principal" | "models">[];
  /** Whether preflights must pass: browsers send OPTIONS without credentials. */
  readonly cors: boolean;
}

const action = "execute-api:Invoke";

/**
 * Maximum characters of a policy, counted after API Gateway has expanded short ARNs.
 * Source: …/developerguide/limits.html
 */
const longest = 8_192;
/** Characters that the expansion adds to an ARN. */
const expansion = "arn:aws:execute-api:ap-southeast-1:123456789012:0123456789".length - "execute-api:".length;

/**
 * The policy; `undefined` if no setting needs one, because an empty policy would close the API.
 * @throws pulumi.RunError if it is longer than API Gateway accepts
 */
export function resourcePolicy(args: ResourcePolicyArgs): object | undefined {
  const { kind, stageName, networks, clients, cors } = args;
  const stage = `execute-api:/${stageName}`;
  const callers = kind === "iam" ? clients : [];
  if (networks.length === 0 && callers.length === 0) return undefined;
  const statements: object[] = [];
  // Redundant beside the Deny below; but a statement that allows everyone should itself say from where.
  const inside = networks.length === 0 ? {} : { Condition: { IpAddress: { "aws:SourceIp": networks } } };
  const everyone = (Sid: string, routes: string) => {
    const resource = `${stage}/${routes}`;
    statements.push({ Sid, Effect: "Allow", Principal: "*", Action: action, Resource: resource, ...inside });
  };
  if (kind === "apiKey" || kind === "cognito") everyone("Callers", "*");
  else if (cors) everyone("Preflights", "OPTIONS/*");
  for (const [routes, principals] of byRoutes(callers, args))
    statements.push({
      Effect: "Allow",
      Principal: { AWS: principals.length === 1 ? principals[0] : principals },
      Action: action,
      Resource: routes.map((route) => `${stage}/${route}`),
    });
  if (networks.length > 0)
    statements.push({
      Sid: "OtherNetworks",
      Effect: "Deny",
      Principal: "*",
      Action: action,
      Resource: `${stage}/*`,
      Condition: { NotIpAddress: { "aws:SourceIp": networks } },
    });
  const policy = { Version: "2012-10-17", Statement: statements };
  const text = JSON.stringify(policy);
  if (text.length + expansion * (text.split(stage).length - 1) > longest)
    throw userError(
      callers.length === 0
        ? `allowedNetworks: their resource policy is longer than ${longest} characters: pulumi config rm --path 'allowedNetworks[${networks.length - 1}]'`
        : `clients: together with their models and allowedNetworks, their resource policy is longer than ${longest} characters; clients with the same models share one part of it, and an account's root can replace all its roles: pulumi config rm --path 'clients[${clients.length - 1}]'`,
    );
  return policy;
}

/** Clients with the same routes share a statement, because the length of a policy is limited. */
function byRoutes(
  clients: ResourcePolicyArgs["clients"],
  args: ResourcePolicyArgs,
): Iterable<readonly [routes: string[], principals: string[]]> {
  const groups = new Map<string, readonly [routes: string[], principals: string[]]>();
  for (const { models, principal } of clients) {
    const routes = routesOf(models, args);
    const group = groups.get(routes.join()) ?? ([routes, []] as const);
    group[1].push(principal);
    groups.set(routes.join(), group);
  }
  return groups.values();
}

/** `<METHOD>/<path>` of what a client may call. `*` also matches slashes, so it is only used at the end. */
function routesOf(models: readonly string[] | undefined, { plainPath, defaultModel }: ResourcePolicyArgs): string[] {
  if (models === undefined) return ["*"];
  return [
    ...(models.includes(defaultModel) ? [`POST${plainPath}`] : []),
    "GET/v2",
    "GET/v2/health/*",
    "POST/v2/repository/index",
    ...[...models]
      .sort()
      .flatMap((model) => [
        `GET/v2/models/${model}`,
        `GET/v2/models/${model}/*`,
        `POST/v2/models/${model}/*`,
        `GET/v1/models/${model}`,
        `GET/v1/models/${model}/*`,
        `POST/v1/models/${model}:predict`,
        `POST/v1/models/${model}/*`,
      ]),
  ];
}
