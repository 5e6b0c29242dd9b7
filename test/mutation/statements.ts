// The wider variants of a policy statement: an Allow allows more, more people or under fewer conditions; a Deny denies less.

import { foreign, isService, otherService, type Plain, type Variant, within, without } from "./variant";

export function* statementVariants(statement: Plain): Generator<Variant> {
  const allows = statement.Effect === "Allow";
  for (const key of ["Action", "Resource", "Principal"]) {
    const value = statement[key];
    if (value === undefined) continue;
    if (allows) {
      if (value !== "*") yield { path: [key], kind: "everything", value: { ...statement, [key]: "*" } };
      if (key !== "Action") yield* foreignNames(statement, key);
    } else {
      yield* fewer(statement, key);
    }
  }
  if (!allows) yield { path: ["Effect"], kind: "allowed", value: { ...statement, Effect: "Allow" } };
  if (statement.Condition === undefined) {
    if (!allows) yield conditioned(statement);
    return;
  }
  if (allows) yield { path: ["Condition"], kind: "deleted", value: without(statement, "Condition") };
  else yield conditioned(statement);
  for (const one of conditionVariants(statement.Condition as Plain)) yield within(statement, "Condition", one);
}

/** A Deny under one more condition, which never holds for whoever it was about. */
function conditioned(statement: Plain): Variant {
  const condition = { ...(statement.Condition as Plain), StringEquals: { "aws:PrincipalTag/denied": "yes" } };
  return { path: ["Condition"], kind: "added", value: { ...statement, Condition: condition } };
}

/** Allows somebody, or something, of another account, or another service. */
function* foreignNames(statement: Plain, key: string): Generator<Variant> {
  for (const one of renamed(statement[key])) yield within(statement, key, one);
}

function* renamed(value: unknown): Generator<Variant> {
  if (typeof value === "string") {
    if (foreign(value) !== value) yield { path: [], kind: "account", value: foreign(value) };
    if (isService(value)) yield { path: [], kind: "service", value: otherService };
  } else if (value !== null && typeof value === "object") {
    const whole = value as Plain;
    for (const key of Object.keys(whole))
      for (const one of renamed(whole[key])) {
        const { value: parts, ...rest } = within(whole, key, one);
        yield { ...rest, value: Array.isArray(value) ? Object.values(parts as Plain) : parts };
      }
  }
}

/** Denies one action or resource fewer, or somebody alone. */
function* fewer(statement: Plain, key: string): Generator<Variant> {
  const value = statement[key];
  if (key === "Principal") {
    const somebody = { AWS: "arn:aws:iam::999999999999:root" };
    yield { path: [key], kind: "somebody", value: { ...statement, [key]: somebody } };
  } else if (Array.isArray(value) && value.length > 1) {
    for (const index of value.keys())
      yield {
        path: [key, String(index)],
        kind: "deleted",
        value: { ...statement, [key]: value.filter((_, at) => at !== index) },
      };
  } else {
    yield {
      path: [key],
      kind: "other",
      value: { ...statement, [key]: key === "Action" ? "s3:GetBucketAcl" : "arn:aws:s3:::other" },
    };
  }
}

/** Each test gone if it stands beside others, and its values those of another account, or anything. */
function* conditionVariants(condition: Plain): Generator<Variant> {
  const tests = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys as Plain).map(([key, values]) => ({ operator, key, values })),
  );
  for (const { operator, key, values } of tests) {
    const keys = condition[operator] as Plain;
    const put = (value: unknown) => ({ ...condition, [operator]: { ...keys, [key]: value } });
    const path = [operator, key];
    if (tests.length > 1) {
      const rest = without(keys, key);
      const value = Object.keys(rest).length > 0 ? { ...condition, [operator]: rest } : without(condition, operator);
      yield { path, kind: "deleted", value };
    }
    const texts = ([] as unknown[]).concat(values).map(String);
    if (texts.some((text) => foreign(text) !== text)) yield { path, kind: "account", value: put(texts.map(foreign)) };
    if (!texts.includes("*") && !/^(Bool|Null|Numeric|Date)/.test(operator))
      yield { path, kind: "anything", value: put("*") };
    if (/^Bool/.test(operator)) yield { path, kind: "flipped", value: put(texts[0] === "true" ? "false" : "true") };
  }
}
