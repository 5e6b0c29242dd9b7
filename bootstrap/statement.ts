// A policy statement in a CloudFormation template, and what its strings are made with.

/** A policy statement in CloudFormation: a string can also be an intrinsic function, such as `{"Fn::Sub": …}`. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
  readonly Condition?: object;
}

export const sub = (text: string) => ({ "Fn::Sub": text });
export const inAccount = (resource: string) => sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${resource}`);

/** A stack's name as a CloudFormation logical ID (letters and digits only), without collisions: `prod-eu` → `ProdX2deu`. */
export function logical(stack: string): string {
  return stack.replace(/-/g, "X2d").replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
