import { expect } from "chai";
import { compileModels } from "../../../local/gateway/rest/request-model";

type Schemas = Readonly<Record<string, unknown>>;

/** Whether a body fits the models of an operation. */
function takes(content: object, schemas: Schemas = {}) {
  const document = { openapi: "3.0.1", info: { title: "t", version: "1" }, paths: {}, components: { schemas } };
  const takesBody = compileModels({ requestBody: { content } }, document, "POST /items");
  return (body: string, type?: string) =>
    takesBody?.({ body: Buffer.from(body), headers: type === undefined ? [] : [["content-type", type]] });
}
const json = (schema: unknown) => ({ "application/json": { schema } });

describe("A request model", () => {
  const item = { type: "object", properties: { a: { type: "number" } }, required: ["a"] };

  it("takes what fits, and nothing that is no JSON, empty or does not fit", () => {
    const fits = takes(json(item));
    expect(fits('{"a":1,"b":"c"}')).to.equal(true);
    for (const body of ["", " ", "{", "null", "[]", "{}", '{"a":"1"}', '{"A":1}'])
      expect(fits(body), body).to.equal(false);
  });

  const keywords: [schema: object, fits: unknown[], fitsNot: unknown[]][] = [
    [{ type: ["string", "null"] }, ["a", null], [1, {}]],
    [{ type: "integer" }, [1, -1], [1.5, "1"]],
    [{ enum: ["a", { b: 1 }] }, ["a", { b: 1 }], ["b", { b: 2 }, { b: 1, c: 1 }]],
    [{ minimum: 1, maximum: 2, multipleOf: 0.5 }, [1, 1.5, 2], [0, 3, 1.2]],
    [{ minLength: 1, maxLength: 2 }, ["a", "ab"], ["", "abc"]],
    [{ pattern: "^a+$" }, ["a", "aa"], ["", "ab"]],
    [{ minProperties: 1, maxProperties: 1 }, [{ a: 1 }], [{}, { a: 1, b: 2 }]],
    [{ items: { type: "number" }, uniqueItems: true }, [[], [1, 2]], [["1"], [1, 1]]],
    [{ not: { type: "string" } }, [1], ["a"]],
    [{ allOf: [{ type: "object" }, item] }, [{ a: 1 }], [{}, 1]],
    [{ oneOf: [{ type: "number" }, { type: "integer" }] }, [1.5], [1, "a"]],
    // "The maxItems and minItems tags are not included in simple request validation" (api-gateway-known-issues).
    [{ minItems: 1, maxItems: 2 }, [[], [1, 2, 3]], []],
    [{ title: "t", description: "d", default: 1, "x-other-maker": 1 }, [1, "a"], []],
    // A body's own properties alone count.
    [{ required: ["constructor"] }, [{ constructor: 1 }], [{}]],
    [{ properties: { toString: { type: "number" } } }, [{}], [{ toString: "a" }]],
  ];
  for (const [schema, fits, fitsNot] of keywords)
    it(`knows ${Object.keys(schema).join(", ")}: ${JSON.stringify(schema)}`, () => {
      const model = takes(json(schema));
      for (const value of fits) expect(model(JSON.stringify(value)), JSON.stringify(value)).to.equal(true);
      for (const value of fitsNot) expect(model(JSON.stringify(value)), JSON.stringify(value)).to.equal(false);
    });

  it("follows references, in circles too, and ignores what stands beside them", () => {
    const Person = {
      type: "object",
      properties: { friend: { $ref: "#/components/schemas/Person" } },
      required: ["name"],
    };
    const model = takes(json({ $ref: "#/components/schemas/Person", type: "string" }), { Person });
    expect(model('{"name":1,"friend":{"name":2}}')).to.equal(true);
    expect(model('{"name":1,"friend":{}}')).to.equal(false);
    expect(model('"a"')).to.equal(false);
  });

  it("is that of the request's media type, JSON without one, else $default, else none is", () => {
    const own = { "application/json": { schema: { type: "number" } }, "text/plain": { schema: { type: "string" } } };
    expect(takes(own)('"a"', "text/plain; charset=utf-8")).to.equal(true);
    expect(takes(own)('"a"', "Application/JSON")).to.equal(false);
    expect(takes(own)('"a"')).to.equal(false);
    expect(takes(own)('"a"', "application/xml")).to.equal(true);
    expect(takes({ ...own, $default: { schema: { type: "null" } } })('"a"', "application/xml")).to.equal(false);
  });

  it("is none if the operation declares none", () => {
    expect(takes({ "application/json": {} })("")).to.equal(undefined);
  });

  it("ends a validation that takes too long, or is nested too deeply, as one that fails", () => {
    const started = Date.now();
    expect(takes(json({ pattern: "^(a+)+$" }))(`"${"a".repeat(50)}b"`)).to.equal(false);
    expect(Date.now() - started).to.be.within(1_900, 30_000);
    const List = { type: "array", items: { $ref: "#/components/schemas/List" } };
    const deep = takes(json({ $ref: "#/components/schemas/List" }), { List });
    expect(deep("[".repeat(50_000) + "]".repeat(50_000))).to.equal(false);
    expect(deep("[[]]")).to.equal(true);
  });

  const stops: [what: string, schema: unknown, why: string][] = [
    ["additionalProperties, which AWS's page excludes", { additionalProperties: false }, "additionalProperties"],
    ["anyOf, which it excludes", { anyOf: [{}] }, "anyOf"],
    ["exclusiveMinimum, which it excludes", { minimum: 1, exclusiveMinimum: true }, "exclusiveMinimum"],
    ["nullable, which is not of draft 4", { properties: { a: { nullable: true } } }, "nullable"],
    ["a format, which may be checked or not", { items: { format: "date-time" } }, "format"],
    ["an id, which changes what references mean", { allOf: [{ id: "a" }] }, "with id"],
    ["an extension of AWS", { "x-amazon-new": 1 }, "x-amazon-new"],
    ["an unknown type", { type: "file" }, "unknown type"],
    ["a pattern that is none", { pattern: "(" }, "pattern"],
    ["items of several schemas", { items: [{}] }, "not an object"],
    ["a schema that is none", { not: true }, "not an object"],
    ["an empty list of schemas", { oneOf: [] }, "oneOf"],
    ["a requirement of draft 3", { required: true }, "required"],
    ["a reference to nothing", { $ref: "#/components/schemas/Nothing" }, "not declared"],
    ["a reference to an object's own property", { $ref: "#/components/schemas/constructor" }, "not declared"],
    ["a reference elsewhere", { $ref: "https://example.com/schema.json" }, "not declared"],
  ];
  for (const [what, schema, why] of stops)
    it(`stops the start with ${what}`, () => {
      expect(() => takes(json(schema))).to.throw(why);
    });

  it("stops the start with a body by reference", () => {
    const document = { openapi: "3.0.1", info: { title: "t", version: "1" }, paths: {} };
    const operation = { requestBody: { $ref: "#/components/requestBodies/a" } };
    expect(() => compileModels(operation, document, "POST /items")).to.throw("requestBody without content");
  });
});
