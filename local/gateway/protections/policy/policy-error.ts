// Why a policy cannot be evaluated.

export class PolicyError extends Error {
  override readonly name = "PolicyError";

  /**
   * @param kind `malformed`: IAM would refuse it too; `unsupported`: IAM knows it, this evaluation does not
   * @param message what is wrong, by the element's name
   */
  constructor(
    readonly kind: "malformed" | "unsupported",
    message: string,
  ) {
    super(message);
  }
}
