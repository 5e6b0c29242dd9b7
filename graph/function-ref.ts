// The Lambda function that an ARN names, or that the URI of an integration or authorizer invokes.

/** A function, as an integration or authorizer refers to it. */
export interface FunctionRef {
  /** The ARN as given, with its qualifier if it has one. */
  readonly arn: string;
  readonly account: string;
  readonly name: string;
  /** Alias or version; empty for the unqualified function. */
  readonly qualifier: string;
}

const functionArn =
  /^arn:[^:]+:lambda:[a-z0-9-]+:(\d{12}):function:([A-Za-z0-9_-]{1,64})(?::([A-Za-z0-9_$-]{1,128}))?$/;

/** @returns `undefined` if the text is not a function's ARN */
export function functionRef(arn: string): FunctionRef | undefined {
  const [, account, name, qualifier] = functionArn.exec(arn) ?? [];
  return account === undefined || name === undefined ? undefined : { arn, account, name, qualifier: qualifier ?? "" };
}

/** The function in `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<arn>/invocations`. */
export function functionOfUri(uri: string): FunctionRef | undefined {
  const arn = /^arn:[^:]+:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(
    uri,
  )?.[1];
  return arn === undefined ? undefined : functionRef(arn);
}
