// The principals that call the local stand-ins: functions' roles, with the policies in the program, and the operator.

import { createHmac } from "node:crypto";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import { type Policy, policyOf } from "../iam/policy";
import { Unenforceable } from "../base/unenforceable";
import { accountOf, type Principal, principal } from "../iam/identities";
import { PolicyError } from "../iam/condition-keys";

/**
 * The role of a function, with temporary credentials like those that Lambda passes to it.
 * @throws Unenforceable for a policy that cannot be evaluated
 */
export function roleOf(graph: Graph, { urn, inputs, outputs }: Resource, seed: Buffer): Principal {
  return roleBy(graph, { owner: `${urn}: role`, arn: inputs.role, session: String(outputs.name) }, seed);
}

export interface AssumedRole {
  /** URN and property that name the role. */
  readonly owner: string;
  readonly arn: unknown;
  /** Name of the session. */
  readonly session: string;
}

/** A role of the program, assumed. @throws Unenforceable for a policy that cannot be evaluated */
export function roleBy(graph: Graph, { owner, arn, session }: AssumedRole, seed: Buffer): Principal {
  const role = ofType(graph, "aws:iam/role:Role").find(({ outputs }) => outputs.arn === arn);
  if (role === undefined) throw new Unenforceable(owner, "it is not a role of this program");
  const policies = ofType(graph, "aws:iam/rolePolicy:RolePolicy")
    .filter(({ inputs }) => inputs.role === role.outputs.name)
    .map(readPolicy);
  const name = `role/${String(role.outputs.name)}`;
  const user = principal(seed, accountOf(graph), name, policies);
  return {
    ...user,
    accessKeyId: user.accessKeyId.replace(/^AKIA/, "ASIA"),
    sessionToken: createHmac("sha512", seed).update(`${name}/session`).digest("base64"),
    arn: String(role.outputs.arn),
    userId: `${String(role.outputs.uniqueId)}:${session}`,
  };
}

/** Stands for the person who deployed the stack: may do all that has a stand-in, unless a resource policy denies it. */
export function operatorOf(graph: Graph, seed: Buffer): Principal {
  const actions = ["secretsmanager:*", "apigateway:*", "lambda:InvokeFunction", "local:TestRotation"];
  const statement = { Effect: "Allow", Action: actions, Resource: "*" };
  const all = policyOf({ Version: "2012-10-17", Statement: [statement] }, "identity");
  return principal(seed, accountOf(graph), "operator", [all]);
}

function readPolicy({ urn, inputs }: Resource): Policy {
  try {
    return policyOf(JSON.parse(String(inputs.policy)), "identity");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new Unenforceable(urn, `its policy cannot be evaluated: ${error.message}`);
  }
}

/** Variables by which the SDK in a function uses its role, and nothing of this machine. */
export function sdkVariables(role: Principal): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    AWS_SESSION_TOKEN: role.sessionToken!,
    // Keeps the SDK from finding credentials of a real account in this machine's configuration.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    // The function runs on this machine's Node, not on Lambda's, so the SDK's warning about an old Node is irrelevant.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}
