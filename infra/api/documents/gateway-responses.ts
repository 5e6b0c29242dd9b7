// What API Gateway answers without the function: errors that clients of either protocol can read, and CORS preflights.

import { exposedHeaders, originsOf } from "../../../contract";

/**
 * Error body with both fields that clients look for: `error` (Open Inference Protocol V2) and `message` (API Gateway's
 * own clients).
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
const template = '{"error":$context.error.messageString,"message":$context.error.messageString}';

/**
 * Request headers that browsers may send: credentials of any kind, the body's type and encoding, and the header length
 * of the binary tensor extension.
 */
export const requestHeaders = [
  "Authorization",
  "Content-Type",
  "Content-Encoding",
  "Inference-Header-Content-Length",
  "X-Api-Key",
  "X-Amz-Date",
  "X-Amz-Security-Token",
];

/** Gateway responses of the API: the statuses are AWS's, the bodies ours. */
export function gatewayResponses(corsOrigin: string, realm: string): Record<string, object> {
  const cors = corsHeaders(corsOrigin, "gatewayresponse.header.");
  const response = { responseTemplates: { "application/json": template } };
  return {
    DEFAULT_4XX: { ...response, responseParameters: cors },
    DEFAULT_5XX: { ...response, responseParameters: cors },
    // RFC 9110, 11.6.1: a 401 must name the scheme that it requires. The text is static, so that it reveals no reason.
    UNAUTHORIZED: {
      ...response,
      statusCode: 401,
      responseParameters: { ...cors, "gatewayresponse.header.WWW-Authenticate": `'Bearer realm="${realm}"'` },
    },
  };
}

const allowOrigin = "Access-Control-Allow-Origin";

/** An OPTIONS operation that API Gateway answers by itself, for the origins that the settings name. */
export function preflight(corsOrigin: string, methods: readonly string[]): object {
  const several = originsOf(corsOrigin).length > 1;
  const { [`method.response.header.${allowOrigin}`]: first, ...others } = corsHeaders(
    corsOrigin,
    "method.response.header.",
  );
  const headers: Record<string, string> = {
    ...(several ? {} : { [`method.response.header.${allowOrigin}`]: first! }),
    ...others,
    "method.response.header.Access-Control-Allow-Methods": `'${[...methods, "OPTIONS"].join(",")}'`,
    "method.response.header.Access-Control-Allow-Headers": `'${requestHeaders.join(",")}'`,
    "method.response.header.Access-Control-Max-Age": "'7200'",
  };
  const names = [...(several ? [allowOrigin] : []), ...Object.keys(headers).map((name) => name.split(".").pop()!)];
  const declared = names.map((name) => [name, { schema: { type: "string" } }]);
  return {
    summary: "CORS preflight",
    security: [],
    responses: { "204": { description: "Allowed", headers: Object.fromEntries(declared) } },
    "x-amazon-apigateway-integration": {
      type: "mock",
      requestTemplates: { "application/json": '{"statusCode": 204}' },
      // With `*/*` as a binary media type, the template would otherwise get bytes, and the answer would be 500.
      contentHandling: "CONVERT_TO_TEXT",
      passthroughBehavior: "when_no_templates",
      responses: {
        default: { statusCode: "204", responseParameters: headers, ...(several ? byOrigin(corsOrigin) : {}) },
      },
    },
  };
}

/**
 * Names the caller's origin if it is one of several, and none otherwise. The values are constants: nothing that a caller sends is
 * written into the answer. A header's name may arrive in either spelling.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
function byOrigin(corsOrigin: string): object {
  const branches = originsOf(corsOrigin).map(
    (origin) => `($origin=="${origin}")#set($context.responseOverride.header.${allowOrigin}="${origin}")`,
  );
  const read = '#set($origin=$input.params("Origin"))#if($origin=="")#set($origin=$input.params("origin"))#end';
  return {
    // As for the request: with `*/*` as a binary media type, the template would otherwise get bytes.
    contentHandling: "CONVERT_TO_TEXT",
    responseTemplates: { "application/json": `${read}#if${branches.join("#elseif")}#end` },
  };
}

/**
 * Of several origins the first: a gateway response has no conditions, and could otherwise only repeat what the caller sends. Pages of
 * the others see such an error without its text.
 */
function corsHeaders(corsOrigin: string, prefix: string): Record<string, string> {
  const [origin] = originsOf(corsOrigin);
  if (origin === undefined) return {};
  return {
    [`${prefix}${allowOrigin}`]: `'${origin}'`,
    [`${prefix}Access-Control-Expose-Headers`]: `'${exposedHeaders.join(",")}'`,
    // A cache must not hand one origin's answer to another.
    ...(origin === "*" ? {} : { [`${prefix}Vary`]: "'Origin'" }),
  };
}
