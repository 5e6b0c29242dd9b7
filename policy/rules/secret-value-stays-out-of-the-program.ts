// What the program sets stands in its state, and in the memory and logs of whoever runs it.

import { flaw, type Rule } from "../rule";
import { secretType } from "../rotations";

const versionType = "aws:secretsmanager/secretVersion:SecretVersion";
/** Their secrets are outputs, which stand in the state for whoever may decrypt it, and never end. */
const longLived = ["aws:iam/accessKey:AccessKey", "aws:iam/userLoginProfile:UserLoginProfile"];

export const secretValueStaysOutOfTheProgram: Rule = {
  name: "secret-value-stays-out-of-the-program",
  says: "The program sets no secret's value (a rotation generates it, or a person stores it), and creates no long-lived AWS credentials.",
  types: [secretType, versionType, ...longLived],
  check: ({ type, inputs }) => {
    if (longLived.includes(type)) return [flaw("its secret stands in the state, and never ends")];
    return type === versionType && ["secretString", "secretBinary", "secretStringWo"].some((key) => key in inputs)
      ? [flaw("a SecretVersion sets a value")]
      : [];
  },
};
