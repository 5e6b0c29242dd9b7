// Validates a request's body against the operation's model, a JSON Schema of draft 4 in API Gateway's dialect.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
// What is refused here is what AWS's pages exclude, or leave open whether it is checked:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html

import { createContext, Script } from "node:vm";
import { type Schema, Validator } from "@cfworker/json-schema";
import { isRecord } from "../../base/record";
import type { OpenApiDocument, OpenApiOperation } from "../../../graph/openapi";
import { Unenforceable } from "../../base/unenforceable";
import { type ApiRequest, header } from "../../server/api-request";
import { mediaType } from "../request/media-types";

/** Whether the body of a request is what the model of its media type takes. */
export type TakesBody = (request: Pick<ApiRequest, "headers" | "body">) => boolean;

/** The model of every media type without its own. */
const anyType = "$default";

/**
 * Longest validation in milliseconds: a pattern may backtrack, and the comparison of a long list's items takes its
 * length squared. A body that takes longer counts as one that does not fit.
 */
const limitMs = 2_000;

/**
 * @param where names the operation in error messages
 * @returns `undefined` if the operation has no model: API Gateway then validates no body
 * @throws Unenforceable for a model that API Gateway would refuse, or would validate in a way that is not known
 */
export function compileModels(
  { requestBody }: OpenApiOperation,
  document: OpenApiDocument,
  where: string,
): TakesBody | undefined {
  if (requestBody === undefined) return undefined;
  const content = isRecord(requestBody) ? requestBody["content"] : undefined;
  if (!isRecord(content)) throw new Unenforceable(where, "has a requestBody without content");
  const models = new Map<string, (text: string) => boolean>();
  for (const [type, declared] of Object.entries(content)) {
    const schema = isRecord(declared) ? declared["schema"] : undefined;
    if (schema !== undefined) models.set(type.toLowerCase(), modelOf(schema, document, `${where}: ${type}`));
  }
  if (models.size === 0) return undefined;
  return (request) => {
    // "If no Content-Type is sent, application/json is assumed" (api-gateway-integration-settings-integration-request)
    const model = models.get(mediaType(header(request, "content-type") ?? "application/json")) ?? models.get(anyType);
    // "If no matching content type is found, request validation is not performed."
    return model?.(request.body.toString("utf8")) ?? true;
  };
}

function modelOf(declared: unknown, document: OpenApiDocument, where: string): (text: string) => boolean {
  const schema = new ModelReader(document, where).read(declared);
  const validator = new Validator(schema, "4");
  const scope: { check: () => boolean } = { check: () => false };
  const script = new Script("check()");
  const context = createContext(scope);
  return (text) => {
    scope.check = () => validator.validate(JSON.parse(text)).valid;
    try {
      return script.runInContext(context, { timeout: limitMs }) === true;
    } catch {
      // No JSON, as an empty body is none; nested too deeply; or it took too long.
      return false;
    } finally {
      scope.check = () => false;
    }
  };
}

/** Keywords that are handed on to the validator as they are. */
const plainKeywords = new Set([
  ...["enum", "maximum", "minimum", "maxLength", "minLength", "maxProperties", "minProperties"],
  ...["multipleOf", "required", "type", "uniqueItems"],
]);

/** Keywords that validate nothing; of `maxItems` and `minItems` AWS's page says that validation leaves them out. */
const annotations = new Set(["$schema", "default", "description", "maxItems", "minItems", "title"]);

const types = ["array", "boolean", "integer", "null", "number", "object", "string"];

/** Reads a schema strictly, and with it the models that it refers to. */
class ModelReader {
  private readonly definitions: Record<string, Schema> = {};

  constructor(
    private readonly document: OpenApiDocument,
    private readonly where: string,
  ) {}

  /** @returns a schema that contains what it refers to */
  read(declared: unknown): Schema {
    return { allOf: [this.schemaOf(declared)], definitions: this.definitions };
  }

  private fail(why: string): never {
    throw new Unenforceable(this.where, `has a model ${why}`);
  }

  private schemaOf(declared: unknown): Schema {
    if (!isRecord(declared)) return this.fail("with a schema that is not an object");
    const { $ref } = declared;
    // Draft 4: whatever stands beside a reference is ignored.
    if ($ref !== undefined) return { $ref: this.referenceOf($ref) };
    const schema: Schema = {};
    for (const [keyword, value] of Object.entries(declared)) {
      if (annotations.has(keyword) || (keyword.startsWith("x-") && !keyword.startsWith("x-amazon-"))) continue;
      schema[keyword] = this.keywordOf(keyword, value);
    }
    return schema;
  }

  private keywordOf(keyword: string, value: unknown): unknown {
    switch (keyword) {
      case "type":
        if (![value].flat().every((type) => types.includes(String(type)))) this.fail("with an unknown type");
        return value;
      case "pattern":
        return this.patternOf(value);
      case "items":
      case "not":
        return this.schemaOf(value);
      case "allOf":
      case "oneOf":
        if (!Array.isArray(value) || value.length === 0) return this.fail(`whose ${keyword} is not a list`);
        return value.map((one) => this.schemaOf(one));
      case "properties":
        if (!isRecord(value)) return this.fail("whose properties are not an object");
        return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, this.schemaOf(schema)]));
      case "required":
        if (!Array.isArray(value)) this.fail("whose required is not a list");
        return value;
      default:
        if (!plainKeywords.has(keyword)) this.fail(`with ${keyword}, which API Gateway is not known to validate`);
        return value;
    }
  }

  private referenceOf(reference: unknown): string {
    const name = /^#\/components\/schemas\/([A-Za-z0-9]+)$/.exec(String(reference))?.[1];
    const schemas = (this.document.components?.["schemas"] ?? {}) as Record<string, unknown>;
    if (name === undefined || !Object.hasOwn(schemas, name))
      return this.fail("that refers to one which is not declared");
    if (!Object.hasOwn(this.definitions, name)) {
      // Before its own references are read, which may lead back to it.
      this.definitions[name] = {};
      this.definitions[name] = this.schemaOf(schemas[name]);
    }
    return `#/definitions/${name}`;
  }

  private patternOf(pattern: unknown): string {
    try {
      return new RegExp(String(pattern), "u").source;
    } catch {
      return this.fail("with a pattern that is not a regular expression");
    }
  }
}
