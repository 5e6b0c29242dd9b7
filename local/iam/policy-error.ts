// Why a policy cannot be evaluated.

export class PolicyError extends Error {
  override readonly name = "PolicyError";

  /**
   * @param kind `malformed`: IAM would reject it as well; `unsupported`: valid in IAM, but not evaluated here
   * @param message what is wrong, naming the element
   */
  constructor(
    readonly kind: "malformed" | "unsupported",
    message: string,
  ) {
    super(message);
  }
}
