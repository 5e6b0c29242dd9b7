// Masks in expected texts: what differs from call to call, by name.

/** Facts of the API under test, which stand for what was recorded on another one; patterns where they are not known. */
export interface Names {
  readonly apiId: string;
  readonly account: string;
  readonly region: string;
  readonly sourceIp: string;
  readonly host: string;
  readonly stage: string;
}

const hex = "[0-9a-f]";

function patterns({ apiId, account, region, sourceIp, host, stage }: Names): Readonly<Record<string, string>> {
  const executionArn = `arn:aws:execute-api:${region}:${account}:${apiId}`;
  return {
    uuid: `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`,
    requestId: "[A-Za-z0-9=_-]{8,40}",
    apiId,
    account,
    region,
    host: escaped(host),
    domainName: `[A-Za-z0-9.:-]+`,
    stage: escaped(stage),
    sourceIp,
    functionArn: `arn:aws:lambda:${region}:${account}:function:[A-Za-z0-9:-]+`,
    authorizerArn: `arn:aws:[a-z]+:${region}:[^"]*`,
    methodArn: `${executionArn}/[^"]+`,
    executionArn,
    time: "\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000",
    epoch: "\\d{10,13}",
    traceId: '[^"]*Root=1-[0-9a-f]{8}-[0-9a-f]{24}[^"]*',
    any: "[\\s\\S]*",
  };
}

/** Whether a text is the expected one, in which `<name>` stands for a mask. @throws RangeError for an unknown mask */
export function matches(expected: string, actual: string, names: Names): boolean {
  const known = patterns(names);
  const pattern = expected
    .split(/(<[a-zA-Z]+>)/)
    .map((part) => {
      const name = /^<([a-zA-Z]+)>$/.exec(part)?.[1];
      return name !== undefined && Object.hasOwn(known, name) ? known[name]! : escaped(part);
    })
    .join("");
  return new RegExp(`^${pattern}$`).test(actual);
}

/** Deep equality in which strings may hold masks. */
export function matchesJson(expected: unknown, actual: unknown, names: Names): boolean {
  if (typeof expected === "string") {
    if (/^<epoch>$/.test(expected) && typeof actual === "number") return true;
    if (expected === "<any>") return actual !== undefined;
    return typeof actual === "string" && matches(expected, actual, names);
  }
  if (typeof expected !== "object" || expected === null) return expected === actual;
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((each, index) => matchesJson(each, actual[index], names))
    );
  if (typeof actual !== "object" || actual === null || Array.isArray(actual)) return false;
  const [wanted, found] = [Object.keys(expected).sort(), Object.keys(actual).sort()];
  return (
    wanted.join("\n") === found.join("\n") &&
    wanted.every((key) =>
      matchesJson((expected as Record<string, unknown>)[key], (actual as Record<string, unknown>)[key], names),
    )
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
