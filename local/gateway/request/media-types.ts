// Which bodies are binary: matches an API's binary media types against a request's Content-Type or Accept.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html

export type MediaMatch = (headerValue: string | undefined) => boolean;

/**
 * @param types for example `["application/octet-stream"]`; `*`+`/*` makes every body binary, even without a type;
 *   `image/*` stands for every subtype, but `*`+`/png` for nothing, not even itself (recorded on AWS: LocalStack,
 *   test_aws_proxy_binary_response)
 * @returns whether a header's first media type is one of them
 */
export function mediaMatcher(types: readonly string[]): MediaMatch {
  const known = new Set(types.map((type) => type.trim().toLowerCase()));
  if (known.has("*/*")) return () => true;
  const exact = new Set([...known].filter((type) => !type.includes("*")));
  const families = [...known].filter((type) => /^[^*/]+\/\*$/.test(type)).map((type) => type.slice(0, -1));
  return (headerValue) => {
    if (headerValue === undefined) return false;
    const type = mediaType(headerValue);
    return exact.has(type) || families.some((family) => type.startsWith(family));
  };
}

/** First media type of a Content-Type or Accept header, without parameters, in lower case. */
export function mediaType(headerValue: string): string {
  return headerValue.split(/[,;]/, 1)[0]!.trim().toLowerCase();
}
