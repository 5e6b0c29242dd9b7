// A row of the tables beside this file: what the role that deploys a stack may do because of some Pulumi resource types.

/** An ARN in this account, whose pseudo parameters (`${AWS::AccountId}` …) CloudFormation substitutes (`Fn::Sub`). */
export const own = (service: string, resource = "*") =>
  `arn:\${AWS::Partition}:${service}:*:\${AWS::AccountId}:${resource}`;

export interface Permission {
  /** Prefixes of the Pulumi type tokens that need it. */
  readonly types: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Actions of a service. */
export const managed = (service: string, ...verbs: string[]) => verbs.map((verb) => `${service}:${verb}`);
