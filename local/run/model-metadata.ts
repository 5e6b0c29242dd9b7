// Asks the model function about one of its models, with the same event that a gateway sends.

import type { Functions, Invocation } from "../functions/environments/invocation";

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

export interface ModelMetadata {
  readonly versions: readonly string[];
  readonly inputs: readonly TensorMetadata[];
}

/** Longest wait for an answer, in milliseconds. */
const patience = 20_000;

/** @returns undefined if the function does not answer with 200 */
export async function modelMetadata(
  functions: Pick<Functions, "invoke">,
  functionArn: string,
  model: string,
): Promise<ModelMetadata | undefined> {
  const answer = await askModel(functions, functionArn, { model, timeoutMs: patience });
  if (answer.kind !== "result") return undefined;
  const { statusCode, body } = answer.payload as { statusCode: number; body: string };
  return statusCode === 200 ? (JSON.parse(body) as ModelMetadata) : undefined;
}

export interface Question {
  readonly model: string;
  readonly timeoutMs: number;
  /** Absent: the model's metadata. */
  readonly about?: "/ready";
}

export function askModel(
  functions: Pick<Functions, "invoke">,
  functionArn: string,
  { model, timeoutMs, about }: Question,
): Promise<Invocation> {
  const event = {
    httpMethod: "GET",
    path: `/v2/models/${model}${about ?? ""}`,
    resource: `/v2/models/{model}${about ?? ""}`,
    headers: {},
    pathParameters: { model },
    requestContext: {},
  };
  return functions.invoke(functionArn, event, { timeoutMs });
}
