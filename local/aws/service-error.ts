// How a service of AWS refuses: a code that SDKs turn into an exception of that name, a status and a text.

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
