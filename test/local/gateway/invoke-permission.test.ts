import { expect } from "chai";
import { functionOfUri } from "../../../graph/function-ref";
import { matchesArn } from "../../../local/iam/wildcard";
import { executionArn, fixture, functionArn, proxy } from "./fixture";

const paths = { "/v2/models/{model}": { get: { "x-amazon-apigateway-integration": proxy } } };

async function status(permission: Record<string, unknown> | null): Promise<number> {
  return (await fixture({ paths, permission }).send("GET", "/dev/v2/models/iris")).status;
}

describe("The permission to invoke a function", () => {
  const granted: Record<string, unknown>[] = [
    {},
    { sourceArn: `${executionArn}/*/*/*` },
    { sourceArn: `${executionArn}/dev/GET/v2/models/*` },
    { sourceArn: `${executionArn}/dev/GET/v2/models/{model}` },
    { sourceArn: undefined },
    { action: "lambda:*" },
    { function: "arn:aws:lambda:us-east-1:123456789012:function:model" },
    { function: "arn:aws:lambda:us-east-1:123456789012:function:model:live" },
    { function: "arn:aws:lambda:us-east-1:123456789012:function:model:live", qualifier: undefined },
    { function: "123456789012:function:model:live", qualifier: undefined },
    { function: "model:live", qualifier: undefined },
    { function: "123456789012:function:model" },
    { sourceAccount: "123456789012" },
  ];
  for (const change of granted)
    it(`is given by ${JSON.stringify(change)}`, async () => expect(await status(change)).to.equal(200));

  const denied: Record<string, unknown>[] = [
    { principal: "*" },
    { principal: "s3.amazonaws.com" },
    { action: "lambda:GetFunction" },
    { function: "other" },
    { function: "arn:aws:lambda:us-east-1:999999999999:function:model" },
    { function: "arn:aws:lambda:us-east-1:123456789012:function:model:other" },
    { function: "arn:aws:lambda:us-east-1:123456789012:function:model:other", qualifier: undefined },
    { function: "999999999999:function:model" },
    { function: "arn:aws:lambda:eu-west-1:123456789012:function:model" },
    { function: "model:other" },
    { function: "model:live:live" },
    { function: "model:$LATEST", qualifier: "$LATEST" },
    { function: 5 },
    { qualifier: undefined },
    { qualifier: "other" },
    { sourceArn: `${executionArn}/prod/*` },
    { sourceArn: `${executionArn}/dev/POST/*` },
    { sourceArn: executionArn },
    { sourceArn: "arn:aws:execute-api:us-east-1:123456789012:other/*" },
    { sourceArn: "arn:aws:execute-api:*" },
    { sourceArn: 5 },
    { sourceAccount: "999999999999" },
    { principalOrgId: "o-1" },
    { eventSourceToken: "t" },
    { functionUrlAuthType: "NONE" },
    { invokedViaFunctionUrl: true },
  ];
  for (const change of denied)
    it(`is not given by ${JSON.stringify(change)}`, async () => expect(await status(change)).to.equal(500));

  it("is given by nothing for $LATEST, on which Lambda takes no policy", async () => {
    const latest = { ...proxy, uri: proxy.uri.replace("model:live", "model:$LATEST") };
    const { send: ask } = fixture({
      paths: { "/a": { get: { "x-amazon-apigateway-integration": latest } } },
      permission: { qualifier: "$LATEST" },
    });
    expect((await ask("GET", "/dev/a")).status).to.equal(500);
  });

  it("is evaluated for each method of an ANY route", async () => {
    const any = { "/a": { "x-amazon-apigateway-any-method": { "x-amazon-apigateway-integration": proxy } } };
    const { send: ask } = fixture({ paths: any, permission: { sourceArn: `${executionArn}/*/GET/a` } });
    expect((await ask("GET", "/dev/a")).status).to.equal(200);
    expect((await ask("DELETE", "/dev/a")).status).to.equal(500);
    expect((await ask("GET", "/dev/a")).status).to.equal(200);
  });

  it("compares ARNs part by part", () => {
    expect(matchesArn("arn:aws:execute-api:*:*:abc/*", "arn:aws:execute-api:us-east-1:1:abc/dev/GET/a:b")).to.equal(
      true,
    );
    expect(matchesArn("arn:aws:execute-api:us-east-1:1:ab?/*", "arn:aws:execute-api:us-east-1:1:abc/x")).to.equal(true);
    expect(matchesArn("arn:aws:*:abc/x", "arn:aws:execute-api:us-east-1:1:abc/x")).to.equal(false);
    expect(matchesArn("*", "arn:aws:execute-api:us-east-1:1:abc/x")).to.equal(false);
    expect(matchesArn("arn:aws:execute-api:us-east-1:1:a.c/*", "arn:aws:execute-api:us-east-1:1:abc/x")).to.equal(
      false,
    );
  });

  it("reads the function of an integration uri, and nothing that only looks like one", () => {
    expect(functionOfUri(proxy.uri)).to.deep.equal({
      arn: functionArn,
      account: "123456789012",
      name: "model",
      qualifier: "live",
    });
    for (const uri of [
      "",
      functionArn,
      proxy.uri.replace("/invocations", ""),
      proxy.uri.replace("model:live", "${stageVariables.f}"),
    ])
      expect(functionOfUri(uri), uri).to.equal(undefined);
  });
});
