// An AWS service's error response: HTTP status, message, and a code that SDKs turn into an exception of that name.

export class ServiceError extends Error {
  constructor(
    readonly status: number,
    /** For example `ResourceNotFoundException`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
