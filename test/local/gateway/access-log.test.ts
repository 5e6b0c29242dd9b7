import { expect } from "chai";
import { type LogRecord, logRecord } from "../../../local/base/log-record";
import { accessLogFormat } from "../../../infra/api/documents/rest-access-log";
import { type Doubles, fixture, ok } from "./fixture";

async function line(
  format: string,
  ...request: Parameters<typeof logged> extends [string, ...infer Rest] ? Rest : never
) {
  return (await logged(format, ...request)).line;
}

/** The line of one request, and the record beside it. */
async function logged(
  format: string,
  method = "POST",
  url = "/dev/mymodel",
  agent = "test/1",
  doubles: Doubles = {},
): Promise<{ line: string; record: LogRecord }> {
  const {
    send: ask,
    accessLog,
    accessRecords,
  } = fixture({ stage: { accessLogSettings: { destinationArn: "arn", format } } }, doubles);
  await ask(method, url, {
    headers: [
      ["Host", "h"],
      ["User-Agent", agent],
    ],
  });
  expect(accessLog).to.have.length(1);
  return { line: accessLog[0]!, record: accessRecords[0] };
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

  for (const [what, format] of [
    ["this program's format", accessLogFormat],
    ["what a caller chose", '{"ua":"$context.identity.userAgent","error":"$context.error.message"}'],
    [
      "values that are no single variable",
      '{"request":"$context.httpMethod $context.path","ua":"$context.identity.userAgent"}',
    ],
    [
      "a number, and names that would come in another order",
      '{"status":$context.status,"2":"$context.path","1":"$context.stage"}',
    ],
    ["texts beside variables", '{"ua":"$context.identity.userAgent","fixed":"text"}'],
    ["a name that is repeated", '{"a":"$context.stage","a":"$context.path"}'],
    ["a variable in a name", '{"$context.stage":"$context.path"}'],
    ["no JSON", "$context.status $context.path"],
  ] as const)
    it(`hands on what its line holds, of ${what}`, async () => {
      const { line, record } = await logged(format, "POST", "/dev/mymodel", 'x","status":"200\u0085\\ \u2028ü');
      expect(record).to.deep.equal(logRecord(line));
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
