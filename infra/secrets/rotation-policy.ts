// What the rotation function may do: read and write the stack's secrets, and create, mark and delete the API keys that
// are tagged with one of them.

import { dnsSuffix, keyTag } from "../../contract";
import { secretsArn } from "./api-key-secret";
import { arn, type Location } from "../base/location";

export interface RotationPolicyFacts {
  /** Account and region of the secrets. */
  readonly location: Location;
  readonly keyArn: string;
  /** Account and region of the API. */
  readonly api: Location;
  readonly apiId: string;
  readonly stageName: string;
  /** Ids of the usage plans that its keys belong to. */
  readonly planIds: readonly string[];
  /** Whether the API requires signed requests, so that the rotation signs its test calls. */
  readonly signs: boolean;
}

/**
 * A role's inline policies have at most 10,240 characters together: only one short pattern is added for each client.
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
        StringEquals: { "kms:ViaService": `secretsmanager.${location.region}.${dnsSuffix(location.region)}` },
      }),
      // Listing cannot be limited to some keys of a region, and nothing else finds a key whose creator was interrupted.
      allow("ListKeys", "apigateway:GET", `${control}/apikeys`),
      allow("MakeKeys", "apigateway:POST", `${control}/apikeys`, tagged("RequestTag")),
      allow(
        "TagKeys",
        "apigateway:PUT",
        `${control}/tags/${encodeURIComponent(`${control}/apikeys/`)}*`,
        tagged("RequestTag"),
      ),
      allow("OwnKeys", ["apigateway:PATCH", "apigateway:DELETE"], `${control}/apikeys/*`, tagged("ResourceTag")),
      // Adds a key to a plan, and checks that it was added. Other plans, and a plan's own settings, are out of reach.
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
