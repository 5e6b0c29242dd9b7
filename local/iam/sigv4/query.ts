// The query as a signature covers it, decoded strictly: signers use exactly one encoding.

/**
 * Names and values in order; `undefined` for a malformed percent-escape. `+` is not decoded: SDKs sign a space as
 * `%20`, so an ambiguous query fails verification.
 */
export function queryOf(rawQuery: string): (readonly [name: string, value: string])[] | undefined {
  try {
    return rawQuery
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const [name = "", ...value] = pair.split("=");
        return [decodeURIComponent(name), decodeURIComponent(value.join("="))] as const;
      });
  } catch {
    return undefined;
  }
}
