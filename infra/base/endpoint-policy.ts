// The policy of a VPC endpoint: it allows what the endpoint's users may do anyway, and only with credentials of this
// account, so that an attacker who takes one over cannot send data out with credentials of their own.

import type { Location } from "./location";

export interface Allowed {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** @param statements identity policy statements of those who use the endpoint */
export function endpointPolicy({ account }: Location, statements: readonly Allowed[]): object {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ Condition = {}, ...statement }) => ({
      ...statement,
      Principal: "*",
      Condition: { ...Condition, StringEquals: { ...Condition.StringEquals, "aws:PrincipalAccount": account } },
    })),
  };
}
