// An AWS service said no: told by operation and code. Its message is left out where the request carried a secret.

export class AwsFailure extends Error {
  override readonly name = "AwsFailure";

  constructor(
    operation: string,
    /** For example `AccessDeniedException`. */
    readonly code: string,
    message: string,
  ) {
    super(message === "" ? `${operation}: ${code}` : `${operation}: ${code}: ${message}`);
  }
}

/** How much of an error may be told. */
export type Telling = "whole" | "code alone";

/**
 * Runs a call of the SDK. Its errors carry the request and the response: none of that may reach a log.
 * @throws AwsFailure
 */
export async function calling<T>(operation: string, call: () => Promise<T>, telling: Telling = "whole"): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { name, message } = error as { name?: unknown; message?: unknown };
    throw new AwsFailure(operation, String(name), telling === "whole" ? String(message) : "");
  }
}

/** Gives `otherwise` where the service answered with this code. */
export function unless<T>(code: string, otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof AwsFailure && error.code === code) return otherwise;
    throw error;
  };
}
