// Which bodies are binary: matches an API's binary media types against a request's Content-Type or Accept.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html

export type MediaMatch = (headerValue: string | undefined) => boolean;

/**
 * @param types for example `["application/octet-stream"]`; `*`+`/*` makes every body binary, even without a type
 * @returns whether a header's first media type is one of them
 */
export function mediaMatcher(types: readonly string[]): MediaMatch {
  const known = new Set(types.map((type) => type.trim().toLowerCase()));
  if (known.has("*/*")) return () => true;
  return (headerValue) => headerValue !== undefined && known.has(mediaType(headerValue));
}

/** First media type of a Content-Type or Accept header, without parameters, in lower case. */
export function mediaType(headerValue: string): string {
  return headerValue.split(/[,;]/, 1)[0]!.trim().toLowerCase();
}
