// Who may read a secret, as the settings name them: roles, one by one. They stand in the secret's policy, and in the pattern of
// the rule that tells of anybody else's reads.

export const readerArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
export const exampleReader = "arn:aws:iam::123456789012:role/my-application";

/**
 * Characters that the readers of a secret have together: an event pattern has 2,048, the rest of it about 700, and more where the stack has a long name.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const longestReaders = 1_200;

export function areTooLong(readers: readonly string[]): boolean {
  return JSON.stringify(readers).length > longestReaders;
}
