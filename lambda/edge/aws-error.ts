// Errors of AWS services, reduced to operation, code and message, which is omitted if the request held a secret.

export class AwsError extends Error {
  override readonly name = "AwsError";

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
export type Disclosure = "whole" | "code alone";

/**
 * Runs an SDK call and converts its error, which contains the request and the response: neither may reach a log.
 * @throws AwsError
 */
export async function sending<T>(
  operation: string,
  send: () => Promise<T>,
  disclosure: Disclosure = "whole",
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const { name, message } = error as { name?: unknown; message?: unknown };
    throw new AwsError(operation, String(name), disclosure === "whole" ? String(message) : "");
  }
}

/** A handler for `.catch`: returns `otherwise` for an AwsError with this code, and rethrows every other error. */
export function unless<T>(code: string, otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof AwsError && error.code === code) return otherwise;
    throw error;
  };
}
