import { expect } from "chai";
import { compileTemplate, emptyOverrides } from "../../../local/gateway/rest/mapping-template";
import type { Exchange } from "../../../local/gateway/request/exchange";
import { fixture } from "./fixture";

const exchange = {
  request: {
    pathParameters: { id: "1" },
    rawQuery: "id=2&q=a%22b&__proto__=x",
    headers: [
      ["Id", "3"],
      ["X-Own", "own"],
    ],
    api: { stage: "dev" },
    sourceIp: "127.0.0.1",
  },
  stageVariables: { tenant: "one" },
} as unknown as Exchange;

const rendered = (template: string): string => compileTemplate(template)(exchange, emptyOverrides());

describe("A mapping template", () => {
  const answers: [template: string, text: string][] = [
    ["a # b 1% {}", "a # b 1% {}"],
    ["$input.params('id') $input.params('q') $input.params('x-own') $input.params('none')", '1 a"b own '],
    ["$input.params().path.id$input.params().querystring.id$input.params().header.Id", "123"],
    ['$input.params().querystring.constructor|$input.params().querystring["__proto__"]', "|x"],
    ["$context.stage $context.identity.sourceIp $stageVariables.tenant", "dev 127.0.0.1 one"],
    ["$context.identity.apiKey|", "|"],
    ["#set($a = 'x')\n#set( $b = \"$a y\" )\n$a $b", "x x y"],
    ["#if(false)one#elseif($input.params('id') != \"2\")two#else three#end!", "two!"],
    ["#if(!($input.params('id') == 1))one#else two#end", " two"],
    ["#if(false)#set($a = 1)#end[$a]#if($a == '')empty#end", "[]"],
    ["#if($input.params('q') && false)and#end#if(false || true)or#end", "or"],
    ['#set($m = $util.parseJson(\'{"a": {"b": 2}}\'))$m.a.b$m.a.get("b")$m.none.b$m.size()', "221"],
    ["$util.base64Decode($util.base64Encode('ä'))$util.escapeJavaScript('a\"/')", 'äa\\"\\/'],
  ];
  for (const [template, text] of answers)
    it(`renders ${template}`, () => {
      expect(rendered(template)).to.equal(text);
    });

  const unknown: [template: string, why: string][] = [
    // A name may hold a hyphen.
    ["#set($a = 'x')$a-y", "$a-y, which is not set before"],
    ["$a", "$a, which is not set before"],
    ["$input.json('$.a')", "$input"],
    ["$input.body", "$input"],
    ["$util.error('a')", "$util.error"],
    ["$util.constructor('a')", "$util.constructor"],
    ["$context.none", "$context.none"],
    ["$context[$input.params('a')]", "$context by an index"],
    ["#set($context.stage = 'a')", "overrides"],
    ["#set($context.responseOverride = 'a')", "overrides"],
    ["#set($util = 'a')", "overrides"],
    ["#set($a = 1)$a.getClass()", "getClass"],
    ["$stageVariables.entrySet()", "entrySet"],
    ["$!input.params('a')", "another form"],
    ["${context.stage}", "another form"],
    ["#foreach($a in $b)#end", "unknown directive"],
    ["#macro(a)#end", "unknown directive"],
    ["## a comment", "unknown directive"],
    ["\\$context.stage", "backslash"],
    ["costs $5", "begins no reference"],
    ["#set($a = 1 + 2)", "lacks a )"],
    ["#set($a = [1])", "expression"],
    ["#if(1 > 2)a#end", "lacks a )"],
    ["#if(true && true == false)a#end", "several operators"],
    ["#if(true)a", "without #end"],
    ["a#end", "outside its block"],
    ["#set($a = 1", "lacks a )"],
  ];
  for (const [template, why] of unknown)
    it(`is refused when it is compiled: ${template}`, () => {
      expect(() => compileTemplate(template)).to.throw(why);
    });

  /** A MOCK with these templates, asked with a query. */
  async function answer(request: string, response: string, query = "") {
    const integration = {
      type: "mock",
      requestTemplates: { "application/json": request },
      responses: { default: { statusCode: "200", responseTemplates: { "application/json": response } } },
    };
    const mocked = fixture({ paths: { "/a": { get: { "x-amazon-apigateway-integration": integration } } } });
    return { ...(await mocked.send("GET", `/dev/a?${query}`)), reasons: mocked.reasons };
  }

  it("overrides status and headers of a MOCK's answer, from the response's template too", async () => {
    const override = "#set($context.responseOverride.status = $input.params('s'))";
    const header = "#set($context.responseOverride.header[\"Content-Type\"] = 'text/plain')";
    const { status, headers, body } = await answer('{"statusCode": 200}', `${override}${header}text`, "s=404");
    expect([status, headers["content-type"], body]).to.deep.equal([404, "text/plain", "text"]);
  });

  const failing: [what: string, request: string, response: string, query: string][] = [
    ["an override's status that is none", "#set($context.responseOverride.status = 'a'){\"statusCode\": 200}", "", ""],
    ["a status that a caller makes up", "{\"statusCode\": $input.params('s')}", "", "s=%22a%22"],
    ["a header with a line break", '{"statusCode": 200}', "#set($context.responseOverride.header.A = $input.params('h'))", "h=a%0d%0aB:c"], // oxfmt-ignore
    ["a header that frames the message", '{"statusCode": 200}', "#set($context.responseOverride.header.Content-Length = '0')", ""], // oxfmt-ignore
    ["a header named by a caller, that is no name", '{"statusCode": 200}', "#set($context.responseOverride.header[$input.params('h')] = 'a')", "h=a%20b"], // oxfmt-ignore
    ["a map that would be written", '{"statusCode": 200}', "$input.params()", ""],
    ["JSON that is none", '{"statusCode": 200}', "#set($a = $util.parseJson($input.params('j')))", "j=%7B"],
    ["a text that is read as a map", '{"statusCode": 200}', "#set($a = $util.parseJson($input.params('j')))$a.b", "j=1"], // oxfmt-ignore
  ];
  for (const [what, request, response, query] of failing)
    it(`makes a MOCK fail with 500: ${what}`, async () => {
      const { status, body, reasons } = await answer(request, response, query);
      expect([status, body]).to.deep.equal([500, '{"message": "Internal server error"}']);
      expect(reasons).to.have.length(1);
    });
});
