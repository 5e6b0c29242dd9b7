// A module that is switched on but lacks its protection, key or secret looks deployed. Below is what each must create.

import { violation, type Rule } from "../../queries/rule";

/** Component type of a module → resource types of which it must create at least one each. */
const promises: Readonly<Record<string, readonly string[]>> = {
  "model-serving:infra:ApiGatewayModule": [
    "aws:apigateway/restApi:RestApi",
    "aws:apigateway/deployment:Deployment",
    "aws:apigateway/stage:Stage",
    "aws:apigateway/methodSettings:MethodSettings",
    "aws:lambda/permission:Permission",
  ],
  "model-serving:infra:Auth0AuthorizerModule": [
    "auth0:index/resourceServer:ResourceServer",
    "auth0:index/resourceServerScopes:ResourceServerScopes",
    "auth0:index/client:Client",
    "auth0:index/clientGrant:ClientGrant",
    "aws:apigateway/restApi:RestApi",
    "aws:apigateway/stage:Stage",
    "aws:lambda/function:Function",
  ],
  "model-serving:infra:HttpApiModule": [
    "aws:apigatewayv2/api:Api",
    "aws:apigatewayv2/stage:Stage",
    "aws:lambda/permission:Permission",
  ],
  "model-serving:infra:SecretsModule": [
    "aws:secretsmanager/secret:Secret",
    "aws:kms/key:Key",
    "gcp:kms/keyRing:KeyRing",
    "gcp:kms/cryptoKey:CryptoKey",
  ],
  "model-serving:infra:SagemakerModule": [
    "aws:sagemaker/pipeline:Pipeline",
    "aws:iam/role:Role",
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
  ],
};

export const moduleDeliversWhatItsSwitchPromises: Rule = {
  name: "module-delivers-what-its-switch-promises",
  description: "A module that is on creates its API, its protection, its secret, its keys or its pipeline.",
  severity: "high",
  controls: ["API9"],
  types: Object.keys(promises),
  check: (module, view) => {
    const brought = new Set(view.below(module).map(({ type }) => type));
    return promises[module.type]!.filter((type) => !brought.has(type)).map((type) =>
      violation("the module lacks a resource", type),
    );
  },
};
