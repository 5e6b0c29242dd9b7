// Access keys of signers: of a profile of the AWS CLI or of a role that it may assume, whichever a variable names.

import { awsCommand, type AwsCommand, textOf } from "./aws-command";
import { ofClient, variable } from "./environment";
import type { AccessKey, Found, Owner, Signer } from "./source";

const variables: Readonly<Record<Signer, readonly [name: string, who: string]>> = {
  caller: ["VERIFY_CALLER", "no principal with the stack's policy for callers"],
  stranger: ["VERIFY_STRANGER", "no principal of the stack's account without a policy for the API"],
  "other account": ["VERIFY_OTHER_ACCOUNT", "no principal of another account"],
};

/** Names of its session in CloudTrail. */
const session = "model-serving-verify";

export class AccessKeys {
  private readonly found = new Map<string, Promise<Found<AccessKey>>>();

  constructor(private readonly aws: AwsCommand) {}

  /** @throws NotTried if the variable is not set, or AWS gives no access key */
  of(signer: Signer, { client }: Owner): Promise<Found<AccessKey>> {
    const [own, who] = variables[signer];
    const name = signer === "caller" ? ofClient(own, client) : own;
    const found = this.found.get(name) ?? this.read(name, who);
    this.found.set(name, found);
    return found;
  }

  private async read(name: string, who: string): Promise<Found<AccessKey>> {
    const { value, from } = variable(name, `${who}: give a profile or a role's ARN`);
    const key = value.startsWith("arn:") ? await this.assumed(value) : await profileKey(value);
    const [accessKeyId, secretAccessKey] = [key.AccessKeyId, key.SecretAccessKey].map((part) => textOf(part, from));
    const token = key.SessionToken === undefined ? {} : { sessionToken: textOf(key.SessionToken, from) };
    return { value: { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey!, ...token }, from };
  }

  private async assumed(role: string): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.aws("sts", "assume-role", "--role-arn", role, "--role-session-name", session);
    return (answer.Credentials ?? {}) as Readonly<Record<string, unknown>>;
  }
}

function profileKey(profile: string): Promise<Readonly<Record<string, unknown>>> {
  return awsCommand()("configure", "export-credentials", "--profile", profile, "--format", "process");
}
