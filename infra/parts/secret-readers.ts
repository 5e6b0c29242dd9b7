// Who may read a secret, according to the settings: a list of roles. They are named in the secret's policy, and in the
// pattern of the rule that reports reads by anyone else.

export const readerArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
export const exampleReader = "arn:aws:iam::123456789012:role/my-application";

/**
 * Maximum characters of a secret's readers, as JSON: an event pattern has 2,048, of which the rest takes about 700, and
 * more if the stack has a long name.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const longestReaders = 1_200;

export function areTooLong(readers: readonly string[]): boolean {
  return JSON.stringify(readers).length > longestReaders;
}
