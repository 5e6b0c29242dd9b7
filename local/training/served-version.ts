// Which version of a model the model function serves, by its own metadata; asking makes it look at what is live.

import type { Functions } from "../functions/functions";

/** @returns first 12 hex digits of the digest; undefined where the function does not say */
export async function servedVersion(
  functions: Functions,
  functionArn: string,
  model: string,
): Promise<string | undefined> {
  const event = {
    httpMethod: "GET",
    path: `/v2/models/${model}`,
    resource: "/v2/models/{model}",
    headers: {},
    pathParameters: { model },
    requestContext: {},
  };
  const answer = await functions.invoke(functionArn, event, { timeoutMs: 20_000 });
  if (answer.kind !== "result") return undefined;
  const { statusCode, body } = answer.payload as { statusCode: number; body: string };
  if (statusCode !== 200) return undefined;
  return (JSON.parse(body) as { versions: string[] }).versions[0];
}
