// What a role may do, in a word for each resource that its policies name: from the statements of inline policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html

import type { Resource } from "../graph/resource";
import { type Naming, parsed } from "./naming";

export interface Grant {
  /** `reads`, `writes`, `invokes`, `starts` … */
  readonly action: string;
  readonly target: Resource;
}

const verbs: readonly (readonly [RegExp, string])[] = [
  [/^(lambda:Invoke|sagemaker:InvokeEndpoint|execute-api:Invoke)/, "invokes"],
  [/:(Start|Run)/, "starts"],
  [/:Publish$/, "notifies"],
  [/^sagemaker:CreateModelPackage$/, "registers in"],
  [/:(Get|List|Describe|Head|Batch|GET$)/, "reads"],
  [/./, "writes"],
];

/** What the statements of a role's inline policy allow on resources of the program; nothing for other types. */
export function grantsOf({ type, inputs }: Resource, naming: Naming): Grant[] {
  if (type !== "aws:iam/rolePolicy:RolePolicy" || typeof inputs.policy !== "string") return [];
  const { Statement: statements = [] } = (parsed(inputs.policy) ?? {}) as { Statement?: unknown };
  return listOf(statements).flatMap((statement) => {
    const { Effect: effect, Action: actions, Resource: resources } = statement as Record<string, unknown>;
    if (effect !== "Allow") return [];
    const words = new Set(textsOf(actions).map((action) => verbs.find(([form]) => form.test(action))![1]));
    const targets = textsOf(resources).flatMap((name) => naming.named(name));
    return [...words].flatMap((action) => targets.map((target) => ({ action, target })));
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((item): item is string => typeof item === "string");
}
