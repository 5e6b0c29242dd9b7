// The conditions that limit a statement to named callers, sources or resources. Not every condition does: a negation, an operator
// that holds without the key (`ForAllValues:`, `…IfExists`, `Null`) and a value that many have limit nobody.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

import { foreignAccount, isWide } from "./arns";
import { coversTheInternet } from "./networks";
import { at, record, texts } from "./read";
import { endpointType, type Statement } from "./statements";
import type { View } from "./view";

interface Kind {
  /** The condition keys, in lower case. */
  readonly keys: RegExp;
  /** By default those that compare texts and ARNs. */
  readonly operators?: RegExp;
  /** Whether each of the values, of which one has to match, is a name. */
  narrows(values: readonly string[], view: View): boolean;
}

/** `ForAnyValue:` is allowed: it does not hold without the key. */
const equal = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;
const inside = /^(ForAnyValue:)?IpAddress$/;

/**
 * Missing on purpose: organisations, since nothing here says which one is ours, and aws:VpcSourceIp, since every VPC has
 * the same private addresses.
 */
const kinds: readonly Kind[] = [
  {
    // aws:SourceOwner is SNS's own, in the default policy of every topic.
    keys: /^(aws:(source|principal)account|aws:sourceowner|kms:calleraccount)$/,
    narrows: (values, view) =>
      values.every((value) => /^\d{12}$/.test(value) && foreignAccount(value, view) === undefined),
  },
  { keys: /^(aws:sourcearn|kms:encryptioncontext:.+)$/, narrows: areOurs },
  {
    keys: /^aws:principalarn$/,
    narrows: (values, view) => areOurs(values, view) && !values.some(isWide),
  },
  {
    keys: /^aws:re(source|quest)tag\/.+$/,
    narrows: (values, view) => values.every((value) => isLiteral(value) || areOurs([value], view)),
  },
  { keys: /^aws:sourceip$/, operators: inside, narrows: (values) => !coversTheInternet(values) },
  {
    keys: /^aws:sourcevpce?$/,
    narrows: (values, view) => {
      const ours = view.ofType("aws:ec2/vpc:Vpc", endpointType).map(({ id }) => id);
      return values.every((value) => isLiteral(value) && ours.includes(value));
    },
  },
  // `repo:<owner>/<name>:` names a repository; a wildcard may stand for its branches.
  {
    keys: /:sub$/,
    narrows: (values) => values.every((value) => isLiteral(value) || /^[\w-]+:[^:/*?]+(\/[^:/*?]+)+:/.test(value)),
  },
  {
    keys: /^(cognito-identity\.amazonaws\.com:aud|iam:passedtoservice)$/,
    narrows: (values) => values.every(isLiteral),
  },
  {
    keys: /^cognito-identity\.amazonaws\.com:amr$/,
    narrows: (values) => values.every((value) => value === "authenticated"),
  },
];

/**
 * The condition keys, in lower case, that limit a statement to named callers, sources or resources; accounts and ARNs only if
 * they are ours.
 * @throws UnknownValue if our own accounts are not known yet
 */
export function narrowingKeys({ conditions }: Statement, view: View): string[] {
  return Object.entries(conditions).flatMap(([operator, tests]) =>
    Object.entries(record(tests))
      .map(([key, value]) => ({ key: key.toLowerCase(), values: texts(value) }))
      .filter(({ key, values }) => values.length > 0 && narrows(operator, key, values, view))
      .map(({ key }) => key),
  );
}

function narrows(operator: string, key: string, values: readonly string[], view: View): boolean {
  // A variable (`${…}`) can have the value of the key itself.
  if (values.some((value) => value.includes("${"))) return false;
  const kind = kinds.find(({ keys }) => keys.test(key));
  return kind !== undefined && (kind.operators ?? equal).test(operator) && kind.narrows(values, view);
}

function isLiteral(value: string): boolean {
  return value !== "" && !/[*?]/.test(value);
}

/** Whether the values are ARNs that name our account; a bucket's names none. */
function areOurs(values: readonly string[], view: View): boolean {
  return values.every(
    (value) => /^arn:[\w-]+:[\w-]+:[\w-]*:\d{12}:/.test(value) && foreignAccount(value, view) === undefined,
  );
}

/** A role's ARN without wildcards and variables. */
const role = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** Whether the only condition is that the caller is none of these roles, or there is none: then nobody may read. */
export function exceptsRoles({ conditions }: Statement, view: View): boolean {
  const tests = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(record(keys)).map(([key, values]) => ({ operator, key, names: texts(values) })),
  );
  if (tests.length !== 1) return Object.keys(conditions).length === 0;
  const { operator, key, names } = tests[0]!;
  return (
    /^(ArnNotEquals|ArnNotLike|StringNotEquals)$/.test(operator) &&
    key.toLowerCase() === "aws:principalarn" &&
    // A condition on an empty list never matches.
    names.length > 0 &&
    names.every((name) => role.test(name) && foreignAccount(name, view) === undefined)
  );
}

/**
 * Whether a statement denies everybody plain HTTP for one of these actions on all of these resources, and asks for nothing else.
 * @param resources read last, since their ARNs may not be known yet
 */
export function deniesPlainHttp(statement: Statement, actions: RegExp, resources: () => readonly string[]): boolean {
  const { allows, principals, exceptPrincipals, exceptActions, exceptResources, conditions } = statement;
  return (
    !(allows || exceptPrincipals || exceptActions || exceptResources) &&
    principals.includes("*") &&
    statement.actions.some((action) => actions.test(action)) &&
    // With a second condition, the statement would apply only if both hold.
    Object.keys(conditions).length === 1 &&
    Object.keys(record(Object.values(conditions)[0])).length === 1 &&
    texts(at(conditions, "Bool", "aws:SecureTransport")).join() === "false" &&
    (statement.resources.includes("*") || resources().every((wanted) => statement.resources.includes(wanted)))
  );
}
