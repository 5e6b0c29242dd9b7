// A function that answers with the event that it got, behind a REST API and an HTTP API without protection: the stack that
// `npm run conformance` asks. It holds nothing, and everyone may call it: destroy it after use (pulumi -C conformance/echo-stack destroy).

import { Api, Stage as HttpStage } from "@pulumi/aws/apigatewayv2";
import { Deployment, RestApi, Stage } from "@pulumi/aws/apigateway";
import { Role } from "@pulumi/aws/iam";
import { Function as LambdaFunction, Permission } from "@pulumi/aws/lambda";
import { asset, interpolate, jsonStringify } from "@pulumi/pulumi";

function program() {
  const role = new Role("echo", {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
    }),
  });
  const code = `exports.handler = async (event) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(event),
});
`;
  const echo = new LambdaFunction("echo", {
    runtime: "nodejs24.x",
    handler: "index.handler",
    role: role.arn,
    // So that a load on the open APIs cannot use up the account's executions.
    reservedConcurrentExecutions: 2,
    code: new asset.AssetArchive({ "index.js": new asset.StringAsset(code) }),
  });

  const integration = { type: "aws_proxy", httpMethod: "POST", uri: echo.invokeArn };
  const document = (paths: object) => jsonStringify({ openapi: "3.0.1", info: { title: "echo", version: "1" }, paths });

  const any = { "x-amazon-apigateway-any-method": { "x-amazon-apigateway-integration": integration } };
  const rest = new RestApi("echo", {
    body: document({ "/": any, "/{proxy+}": any }),
    endpointConfiguration: { types: "REGIONAL" },
  });
  const deployment = new Deployment("echo", { restApi: rest.id, triggers: { body: rest.body.apply(String) } });
  const stage = new Stage("echo", { restApi: rest.id, deployment: deployment.id, stageName: "test" });
  new Permission("rest", {
    action: "lambda:InvokeFunction",
    function: echo.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: interpolate`${rest.executionArn}/*`,
  });

  const http = new Api("echo", {
    protocolType: "HTTP",
    body: document({
      "/$default": {
        "x-amazon-apigateway-any-method": {
          isDefaultRoute: true,
          "x-amazon-apigateway-integration": {
            ...integration,
            payloadFormatVersion: "2.0",
            connectionType: "INTERNET",
          },
        },
      },
    }),
  });
  const httpStage = new HttpStage("echo", { apiId: http.id, name: "test", autoDeploy: true });
  new Permission("http", {
    action: "lambda:InvokeFunction",
    function: echo.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: interpolate`${http.executionArn}/*`,
  });

  return { url: stage.invokeUrl, httpUrl: httpStage.invokeUrl };
}

// A function as the whole export, as in the project's index.ts, so that it can be evaluated without a cloud as well.
export = program;
