// The settings of a Lambda authorizer: `x-amazon-apigateway-authorizer` of type token or request, parsed strictly.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html

import { functionOfUri } from "../../../../graph/function-ref";
import { Unenforceable } from "../../../base/unenforceable";
import type { NamedScheme } from "../security-requirement";
import type { ApiRequest } from "../../../server/api-request";
import { parseRestQuery } from "../../../server/request-target";
import { createContext, Script } from "node:vm";

export interface AuthorizerSettings {
  /** The scheme's name in the document. */
  readonly name: string;
  readonly type: "TOKEN" | "REQUEST";
  /** ARN of the function to invoke, with or without a qualifier. */
  readonly functionArn: string;
  /** All must be present and not blank. A TOKEN authorizer has exactly one. */
  readonly sources: readonly IdentitySource[];
  readonly pattern?: TokenPattern;
  /** How long a policy is cached, in seconds; 0: not at all. */
  readonly ttlSeconds: number;
}

const properties = new Set([
  "type",
  "authorizerUri",
  "identitySource",
  "identityValidationExpression",
  "authorizerResultTtlInSeconds",
]);

/** @throws Unenforceable for any setting that is not supported */
export function authorizerSettings({ name, scheme }: NamedScheme): AuthorizerSettings {
  const fail = (why: string): never => {
    throw new Unenforceable(`securitySchemes.${name}.x-amazon-apigateway-authorizer`, why);
  };
  const declared = scheme["x-amazon-apigateway-authorizer"] ?? {};
  for (const property of Object.keys(declared))
    // This includes authorizerCredentials: the role's policies would have to be evaluated for the invocation.
    if (!properties.has(property)) fail(`${property} cannot be enforced locally`);
  const { type, authorizerUri, identitySource, identityValidationExpression: expression } = declared;
  if (type !== "token" && type !== "request") return fail("type is neither token nor request");
  const functionArn =
    functionOfUri(String(authorizerUri))?.arn ?? fail("authorizerUri is not an invocation of a Lambda function");
  const ttlSeconds = declared["authorizerResultTtlInSeconds"] ?? 300;
  if (typeof ttlSeconds !== "number" || !Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > 3600)
    return fail("authorizerResultTtlInSeconds is not within 0 to 3600");
  if (identitySource !== undefined && typeof identitySource !== "string") return fail("identitySource is not a string");
  const read = (): IdentitySource[] => identitySourcesOf(identitySource ?? "", fail);
  if (type === "request") {
    if (expression !== undefined) fail("identityValidationExpression is of token authorizers");
    const sources = read();
    if (sources.length === 0 && ttlSeconds > 0) fail("without identitySource a policy cannot be cached");
    return { name, type: "REQUEST", functionArn, sources, ttlSeconds };
  }
  if (!scheme.name) fail("a token authorizer's scheme names no header");
  const fromScheme = identitySourcesOf(`method.request.header.${scheme.name}`, fail);
  const sources = identitySource === undefined ? fromScheme : read();
  if (sources.length !== 1 || sources[0]!.text.toLowerCase() !== fromScheme[0]!.text.toLowerCase())
    fail("identitySource is another than the header that the scheme names");
  if (expression !== undefined && typeof expression !== "string")
    return fail("identityValidationExpression is not a string");
  const pattern = expression ? tokenPattern(expression, fail) : undefined;
  return { name, type: "TOKEN", functionArn, sources, pattern, ttlSeconds };
}

// Identity sources of a Lambda authorizer: where a request contains the credential.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html

interface IdentitySource {
  /** As declared, for example `method.request.header.Authorization`. */
  readonly text: string;
  /**
   * All values of the source in a request: an authorizer may check any of them, so a cached policy must depend on all.
   */
  readonly valuesIn: (request: ApiRequest) => readonly string[];
}

/** The supported variables of the request context. */
const context: Readonly<Record<string, (request: ApiRequest) => string>> = {
  httpMethod: (request) => request.method,
  path: (request) => request.stagePath,
  resourcePath: (request) => request.resource,
  stage: (request) => request.api.stage,
  apiId: (request) => request.api.id,
  accountId: (request) => request.api.account,
  "identity.sourceIp": (request) => request.sourceIp,
};

/** @param declared comma-separated expressions @param fail throws for an unsupported expression */
function identitySourcesOf(declared: string, fail: (why: string) => never): IdentitySource[] {
  return declared
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => ({ text, valuesIn: readerOf(text) ?? fail(`identitySource ${text} cannot be read`) }));
}

function readerOf(text: string): IdentitySource["valuesIn"] | undefined {
  const [, location, name = ""] =
    /^(method\.request\.header|method\.request\.querystring|context)\.([^\s,]+)$/.exec(text) ?? [];
  if (location === "method.request.header")
    return (request) =>
      request.headers.filter(([sent]) => sent.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  if (location === "method.request.querystring")
    return (request) =>
      parseRestQuery(request.rawQuery)
        .filter(([sent]) => sent === name)
        .map(([, value]) => value);
  if (location === "context" && Object.hasOwn(context, name)) return (request) => [context[name]!(request)];
  return undefined;
}

/** The values of all sources; `undefined` if one is absent or blank. */
export function identityOf(request: ApiRequest, sources: readonly IdentitySource[]): string[][] | undefined {
  const values = sources.map((source) => [...source.valuesIn(request)]);
  return values.every((found) => found.some((value) => value.trim() !== "")) ? values : undefined;
}

// `identityValidationExpression`: a Java regular expression that must match the whole token before the authorizer is
// invoked. Expressions that Java and JavaScript interpret differently are rejected at the start: a laxer match here
// would hide a hole, a stricter one would reject tokens that work on AWS.

interface TokenPattern {
  matches(token: string): boolean;
}

/**
 * Time limit of a match in milliseconds, against catastrophic backtracking: a token that exceeds it does not match. It
 * is wall-clock time, as nothing else is available; with 20 ms, a busy machine rejected valid tokens.
 */
const limitMs = 250;

/**
 * Constructs that only Java supports (`&&`, nested classes, possessive quantifiers, `\Q`, `\A`, `\h`, `\G` …) or that
 * differ there (`[^]`, `[]`, back references to groups that did not match). The `u` flag rejects unknown escapes.
 */
const differs = /&&|\\[1-9kvRXNpP]|\[\^?\]|\[[^\]]*\[/;

/** @param fail throws for an expression that JavaScript cannot evaluate as Java would */
export function tokenPattern(expression: string, fail: (why: string) => never): TokenPattern {
  const unsupported = (): never =>
    fail("identityValidationExpression is one that only Java runs, or that Java runs differently");
  if (differs.test(expression)) unsupported();
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${expression})$`, "u");
    // Compiled on its own too: unbalanced parentheses could close the group and escape the anchors, as in `a)|(?:.*`.
    new RegExp(expression, "u");
  } catch {
    return unsupported();
  }
  const scope = createContext({ pattern, token: "" });
  const script = new Script("pattern.test(token)");
  return {
    matches(token) {
      // Beyond ASCII `\s`, `\b` and `.` differ between the two languages, and no valid token contains such characters.
      if (!/^[\x20-\x7e\t]*$/.test(token)) return false;
      scope["token"] = token;
      try {
        return script.runInContext(scope, { timeout: limitMs }) === true;
      } catch {
        return false;
      } finally {
        scope["token"] = "";
      }
    },
  };
}
