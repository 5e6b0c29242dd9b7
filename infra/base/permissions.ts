// Splits a policy document into single permissions, so that policies can be compared.

/** `<action> <resource>`, followed by the condition in brackets, if there is one. */
export type Permission = string;

/** A policy's permissions, one by one. @throws Error for a statement that is not an Allow, or has several conditions */
export function permissionsOf(policy: object): Set<Permission> {
  const { Statement } = policy as { Statement: readonly PolicyStatement[] };
  return new Set(
    Statement.flatMap(({ Effect, Action, Resource, Condition }) => {
      if (Effect !== "Allow") throw new Error("a statement that does not allow");
      return list(Action).flatMap((action) =>
        list(Resource).flatMap((resource) => bounds(Condition).map((bound) => `${action} ${resource}${bound}`)),
      );
    }),
  );
}

interface PolicyStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Each value of a condition makes a permission of its own, because any one of them satisfies it. */
function bounds(condition: PolicyStatement["Condition"]): string[] {
  const lines = Object.values(condition ?? {}).flatMap((keysOf) => Object.entries(keysOf));
  if (lines.length === 0) return [""];
  if (lines.length > 1) throw new Error("a statement with more than one condition");
  const [key, values] = lines[0]!;
  return list(values).map((value) => ` [${key} ${value}]`);
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
