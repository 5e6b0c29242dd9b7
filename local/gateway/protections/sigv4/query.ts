// The query of a call as its signature covers it: decoded strictly, since signers encode what they sign in one way only.

/**
 * Names and values in order; `undefined` for a broken percent-escape. `+` stays `+`: SDKs sign a blank as `%20`, and a query
 * that could be read in two ways is signed in none.
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
