// What the program sets stands in its state, and in the memory and logs of whoever runs it.

import { flaw, type Rule } from "../rule";
import { secretType } from "../rotations";

const versionType = "aws:secretsmanager/secretVersion:SecretVersion";

export const secretValueStaysOutOfTheProgram: Rule = {
  name: "secret-value-stays-out-of-the-program",
  says: "The program sets no secret's value: a rotation makes it, or a person puts it there.",
  types: [secretType, versionType],
  check: ({ type, inputs }) =>
    type === versionType && ["secretString", "secretBinary", "secretStringWo"].some((key) => key in inputs)
      ? [flaw("a SecretVersion sets a value")]
      : [],
};
