// What the rotation function may do: read and write one secret, and make, mark and delete the API keys that carry its tag.

import { keyTag } from "../../contract";
import { arn, dnsSuffix, type Location } from "./location";

export interface RotationPolicyFacts {
  /** Of the secret. */
  readonly location: Location;
  readonly secretArn: string;
  readonly keyArn: string;
  /** Of the API. */
  readonly api: Location;
  readonly apiId: string;
  readonly stageName: string;
  readonly planId: string;
  /** The API asks for signed requests: the rotation signs its own. */
  readonly signs: boolean;
}

/**
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html
 */
export function rotationPolicy(facts: RotationPolicyFacts): object {
  const { location, secretArn, keyArn, api } = facts;
  const control = `arn:${api.partition}:apigateway:${api.region}::`;
  const tagged = (key: "RequestTag" | "ResourceTag") => ({
    StringEquals: { [`aws:${key}/${keyTag}`]: secretArn },
  });
  const allow = (Sid: string, Action: string | string[], Resource: string, Condition?: object) => ({
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
        "Secret",
        [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:ListSecretVersionIds",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        secretArn,
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
      allow("JoinPlan", "apigateway:POST", `${control}/usageplans/${facts.planId}/keys`),
      allow("SeePlan", "apigateway:GET", `${control}/usageplans/${facts.planId}/keys/*`),
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
