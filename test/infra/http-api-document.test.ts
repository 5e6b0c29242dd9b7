import { expect } from "chai";
import {
  httpAccessLogFormat,
  httpApiDocument,
  type HttpApiDocumentArgs,
} from "../../infra/api/documents/http-api-document";

const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:model-serving-dev-model:live";
const args: HttpApiDocumentArgs = {
  title: "model-serving-dev-httpApi",
  plainPath: "/models",
  region: "eu-west-1",
  partition: "aws",
  functionArn,
  authorization: { kind: "iam" },
  corsOrigin: "",
};
const build = (changes: Partial<HttpApiDocumentArgs>) =>
  httpApiDocument({ ...args, ...changes }) as Record<string, Record<string, unknown>>;
const integration = {
  type: "aws_proxy",
  httpMethod: "POST",
  uri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
  connectionType: "INTERNET",
  payloadFormatVersion: "2.0",
  timeoutInMillis: 29_000,
};
const operation = (summary: string, parameters: string[], security: object[]) => ({
  summary,
  parameters: parameters.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
  responses: { default: { description: "Answered by the model function" } },
  security,
  "x-amazon-apigateway-integration": integration,
});
const paths = (security: object[]) => {
  const [model, version] = ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"];
  const [rows, versionRows] = ["/v1/models/{model}", "/v1/models/{model}/versions/{version}"];
  const [one, two] = [["model"], ["model", "version"]];
  return {
    "/models": { post: operation("Predict with the default model", [], security) },
    "/v2": { get: operation("What the server is and can do", [], security) },
    "/v2/health/live": { get: operation("Whether the server runs", [], security) },
    "/v2/health/ready": { get: operation("Whether the default model can predict", [], security) },
    "/v2/repository/index": { post: operation("The models that the caller may call", [], security) },
    [model]: { get: operation("A model's inputs, outputs and versions", one, security) },
    [`${model}/ready`]: { get: operation("Whether a model can predict", one, security) },
    [`${model}/infer`]: { post: operation("Predict", one, security) },
    [version]: { get: operation("The inputs and outputs of a model's version", two, security) },
    [`${version}/ready`]: { get: operation("Whether a model's version can predict", two, security) },
    [`${version}/infer`]: { post: operation("Predict with a model's version", two, security) },
    [rows]: {
      get: operation("The status of a model", one, security),
      post: operation("Predict with rows or columns: {model} is its name and :predict", one, security),
    },
    [versionRows]: {
      get: operation("The status of a model's version", two, security),
      post: operation("Predict with a version: {version} is its name and :predict", two, security),
    },
  };
};

describe("Infrastructure: the document of the HTTP API", () => {
  it("asks for a signature on every route under IAM, and is nothing but this", () => {
    expect(build({})).to.deep.equal({
      openapi: "3.0.1",
      info: { title: "model-serving-dev-httpApi", version: "1" },
      paths: paths([{ iam: [] }]),
      components: {
        securitySchemes: {
          iam: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
        },
      },
    });
  });

  it("asks for a token with the scope on every route, of exactly this issuer and audience", () => {
    const authorization = {
      kind: "jwt",
      issuer: "https://auth0.example.com/",
      audience: "https://predict.example.com",
    } as const;
    const document = build({ authorization });
    expect(document.paths).to.deep.equal(paths([{ jwt: ["predict"] }]));
    expect(document.components).to.deep.equal({
      securitySchemes: {
        jwt: {
          type: "oauth2",
          flows: {},
          "x-amazon-apigateway-authorizer": {
            type: "jwt",
            identitySource: "$request.header.Authorization",
            jwtConfiguration: { issuer: "https://auth0.example.com/", audience: ["https://predict.example.com"] },
          },
        },
      },
    });
  });

  it("says on every route that it asks nobody, where it is open to anyone", () => {
    const document = build({ authorization: { kind: "none" } });
    expect(document.paths).to.deep.equal(paths([]));
    expect(document.components).to.deep.equal({ securitySchemes: {} });
  });

  it("disables the default endpoint by itself where there is a domain: an import would otherwise open it again", () => {
    expect(build({ domain: "models.example.com" }).servers).to.deep.equal([
      {
        url: "https://models.example.com",
        "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true },
      },
    ]);
    expect(build({})).not.to.have.property("servers");
  });

  it("lets pages of one origin in, without cookies", () => {
    const several = build({ corsOrigin: "https://a.example.com,https://b.example.com" })["x-amazon-apigateway-cors"];
    expect(several).to.have.deep.property("allowOrigins", ["https://a.example.com", "https://b.example.com"]);
    expect(build({ corsOrigin: "https://app.example.com" })["x-amazon-apigateway-cors"]).to.deep.equal({
      allowOrigins: ["https://app.example.com"],
      allowMethods: ["GET", "POST", "OPTIONS"],
      allowHeaders: [
        "authorization",
        "content-type",
        "content-encoding",
        "inference-header-content-length",
        "x-api-key",
        "x-amz-date",
        "x-amz-security-token",
      ],
      exposeHeaders: [
        "inference-header-content-length",
        "model-version",
        "retry-after",
        "transform-version",
        "x-amzn-requestid",
      ],
      maxAge: 7200,
      allowCredentials: false,
    });
    expect(build({})).not.to.have.property("x-amazon-apigateway-cors");
  });

  it("is the same text each time", () => {
    expect(JSON.stringify(build({}))).to.equal(JSON.stringify(build({})));
  });

  it("logs no header, no query, no path as sent and no certificate as a whole", () => {
    const variables = Object.values(JSON.parse(httpAccessLogFormat) as Record<string, string>);
    expect(variables).to.have.lengthOf.above(10);
    for (const variable of variables) {
      expect(variable).to.match(/^\$context\.[a-zA-Z.]+$/);
      expect(variable).not.to.match(/header|query|path|userAgent|authorization|clientCertPem|protocol/i);
    }
  });
});
