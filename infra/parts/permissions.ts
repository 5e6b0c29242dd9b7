// A policy document as the permissions that it gives, one by one: what policies are compared by.

/** An action on a resource, as `action resource`, with what bounds it in brackets. */
export type Permission = string;

/** A policy's permissions, one by one. @throws Error for a statement that does more than allow */
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

/** Each value of a condition is a permission of its own: any of them suffices. */
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
