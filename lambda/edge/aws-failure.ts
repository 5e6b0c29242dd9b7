// Errors of AWS services, reduced to operation, code and message, which is omitted if the request held a secret.

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

/** How much of an error may be logged. */
export type Telling = "whole" | "code alone";

/**
 * Runs an SDK call and converts its error, which contains the request and the response: neither may reach a log.
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

/** A handler for `.catch`: returns `otherwise` for an AwsFailure with this code, and rethrows every other error. */
export function unless<T>(code: string, otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof AwsFailure && error.code === code) return otherwise;
    throw error;
  };
}
