import { expect } from "chai";
import { type Doubles, fixture, ok } from "./fixture";

async function line(
  format: string,
  method = "POST",
  url = "/dev/mymodel",
  agent = "test/1",
  doubles: Doubles = {},
): Promise<string> {
  const { send: ask, accessLog } = fixture(
    { stage: { accessLogSettings: { destinationArn: "arn", format } } },
    doubles,
  );
  await ask(method, url, {
    headers: [
      ["Host", "h"],
      ["User-Agent", agent],
    ],
  });
  expect(accessLog).to.have.length(1);
  return accessLog[0]!;
}

describe("The access log of a stage", () => {
  it("says who called what, and what came of it", async () => {
    const format = JSON.stringify({
      request: "$context.httpMethod $context.path $context.protocol",
      route: "$context.resourcePath",
      time: "$context.requestTime",
      ip: "$context.identity.sourceIp",
      status: "$context.status",
      bytes: "$context.responseLength",
      integration: "$context.integration.status",
      key: "$context.identity.apiKeyId",
      principal: "$context.authorizer.principalId",
      claim: "$context.authorizer.claims.sub",
      error: "$context.error.message",
      unknown: "$context.nothing.at.all",
    });
    const doubles: Doubles = {
      authorize: () => ({ authorizer: { principalId: "p1", claims: { sub: "s1" } } }),
      checkUsage: () => ({ apiKeyId: "k1", apiKey: "value" }),
      invocation: () => ok,
    };
    expect(JSON.parse(await line(format, "POST", "/dev/mymodel", "a", doubles))).to.deep.equal({
      request: "POST /dev/mymodel HTTP/1.1",
      route: "/mymodel",
      time: "21/Nov/2026:07:08:09 +0000",
      ip: "127.0.0.1",
      status: "200",
      bytes: "2",
      integration: "200",
      key: "k1",
      principal: "p1",
      claim: "s1",
      error: "-",
      unknown: "-",
    });
  });

  it("says why the gateway answered in place of the function", async () => {
    const format = "$context.status $context.error.responseType $context.error.messageString $context.resourcePath";
    expect(await line(format, "GET")).to.equal('403 MISSING_AUTHENTICATION_TOKEN \\"Missing Authentication Token\\" -');
  });

  it("is one line that no caller can forge another into", async () => {
    const forged = await line(
      '{"ua":"$context.identity.userAgent",\n "status":$context.status}',
      "POST",
      "/dev/mymodel",
      'x","status":"200\u0085\u2028',
    );
    expect(forged).to.match(/^[\x20-\x7e]*$/);
    expect(JSON.parse(forged)).to.deep.equal({ ua: 'x","status":"200\u0085\u2028', status: 200 });
  });

  it("holds no credential, even if the format asks for it", async () => {
    const doubles: Doubles = {
      authorize: () => ({ identity: { accessKey: "AKIASECRET" } }),
      checkUsage: () => ({ apiKey: "key-value" }),
    };
    expect(
      await line("$context.identity.apiKey $context.identity.accessKey", "POST", "/dev/mymodel", "a", doubles),
    ).to.equal("- -");
  });

  it("tells no object as if it were a value", async () => {
    const doubles: Doubles = { authorize: () => ({ authorizer: { claims: { a: 1 } } }) };
    expect(
      await line("$context.authorizer.claims $context.authorizer.toString", "POST", "/dev/mymodel", "a", doubles),
    ).to.equal("- -");
  });
});
