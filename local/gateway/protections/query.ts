// The query of a call, decoded once and in one way for every protection.

/** Names and values in order; `+` stays `+`. `undefined` for a broken percent-escape. */
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
