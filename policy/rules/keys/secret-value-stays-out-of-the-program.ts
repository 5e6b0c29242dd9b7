// A value that the program sets is stored in its state, and may appear in the memory and logs of whoever runs it.

import { violation, type Rule } from "../../queries/rule";
import { secretType } from "./rotations";

const versionType = "aws:secretsmanager/secretVersion:SecretVersion";
/** Their secrets are outputs, so everyone who can decrypt the state can read them, and they never expire. */
const longLived = ["aws:iam/accessKey:AccessKey", "aws:iam/userLoginProfile:UserLoginProfile"];

export const secretValueStaysOutOfTheProgram: Rule = {
  name: "secret-value-stays-out-of-the-program",
  description:
    "The program sets no secret's value (a rotation generates it, or a person stores it), and creates no long-lived AWS credentials.",
  severity: "high",
  controls: ["OWN.LambdaEnvSecret"],
  types: [secretType, versionType, ...longLived],
  check: ({ type, inputs }) => {
    if (longLived.includes(type)) return [violation("its secret stands in the state, and never ends")];
    return type === versionType && ["secretString", "secretBinary", "secretStringWo"].some((key) => key in inputs)
      ? [violation("a SecretVersion sets a value")]
      : [];
  },
};
