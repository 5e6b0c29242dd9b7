// What the rotation function may do: read and write the stack's secrets, and make, mark and delete the API keys that carry the
// tag of one.

import { keyTag } from "../../contract";
import { secretsArn } from "./api-key-secret";
import { arn, dnsSuffix, type Location } from "./location";

export interface RotationPolicyFacts {
  /** Of the secrets. */
  readonly location: Location;
  readonly keyArn: string;
  /** Of the API. */
  readonly api: Location;
  readonly apiId: string;
  readonly stageName: string;
  /** The usage plans that its keys belong to. */
  readonly planIds: readonly string[];
  /** The API asks for signed requests: the rotation signs its own. */
  readonly signs: boolean;
}

/**
 * All inline policies of a role have 10,240 characters together: what grows with the clients is one short pattern for each.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html
 */
export function rotationPolicy(facts: RotationPolicyFacts): object {
  const { location, keyArn, api } = facts;
  const secrets = `${secretsArn(location)}*`;
  const control = `arn:${api.partition}:apigateway:${api.region}::`;
  const tagged = (key: "RequestTag" | "ResourceTag") => ({
    StringLike: { [`aws:${key}/${keyTag}`]: secrets },
  });
  const allow = (Sid: string, Action: string | string[], Resource: string | string[], Condition?: object) => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  });
  return {
    Version: "2012-10-17",
    Statement: [
      allow(
        "Secrets",
        [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:ListSecretVersionIds",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        secrets,
      ),
      allow("SecretKey", ["kms:Decrypt", "kms:GenerateDataKey"], keyArn, {
        StringEquals: { "kms:ViaService": `secretsmanager.${location.region}.${dnsSuffix(location)}` },
      }),
      // API Gateway lists the keys of a whole region or none: a key whose maker was killed is found no other way.
      allow("ListKeys", "apigateway:GET", `${control}/apikeys`),
      allow("MakeKeys", "apigateway:POST", `${control}/apikeys`, tagged("RequestTag")),
      allow(
        "TagKeys",
        "apigateway:PUT",
        `${control}/tags/${encodeURIComponent(`${control}/apikeys/`)}*`,
        tagged("RequestTag"),
      ),
      allow("OwnKeys", ["apigateway:PATCH", "apigateway:DELETE"], `${control}/apikeys/*`, tagged("ResourceTag")),
      // Joins a key, and sees that it has joined; the plans of others, and all else of a plan, are out of reach.
      allow(
        "JoinPlans",
        ["apigateway:GET", "apigateway:POST"],
        facts.planIds.map((planId) => `${control}/usageplans/${planId}/keys*`),
      ),
      ...(facts.signs
        ? [
            allow(
              "ProveKey",
              "execute-api:Invoke",
              arn(api, "execute-api", `${facts.apiId}/${facts.stageName}/GET/v2/health/ready`),
            ),
          ]
        : []),
    ],
  };
}
