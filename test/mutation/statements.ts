// The wider variants of a policy statement: an Allow allows more, more people or under fewer conditions; a Deny denies less.

import { foreign, type Variant, variants, within, without } from "./variants";

type Plain = Readonly<Record<string, unknown>>;

export function* statementVariants(statement: Plain, names: ReadonlySet<string>): Generator<Variant> {
  const allows = statement.Effect === "Allow";
  for (const key of ["Action", "Resource", "Principal"]) {
    const value = statement[key];
    if (value === undefined) continue;
    if (allows) {
      if (value !== "*") yield { path: [key], kind: "everything", value: { ...statement, [key]: "*" } };
      if (key !== "Action") yield* foreignNames(statement, key, names);
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
function* foreignNames(statement: Plain, key: string, names: ReadonlySet<string>): Generator<Variant> {
  for (const one of variants(statement[key], names))
    if (one.kind === "account" || one.kind === "service") yield within(statement, key, one);
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
