// The origins whose web pages an API lets call it (CORS), wherever its document names them.

/** @param parts an API document, and what stands beside it @returns each origin once, for example `https://app.example` or `*` */
export function originsOf(...parts: readonly unknown[]): string[] {
  const found: string[] = [];
  const read = (value: unknown, key: string): void => {
    if (typeof value === "string" && /(^|\.)access-control-allow-origin$/i.test(key))
      found.push(value.replace(/^'|'$/g, ""));
    if (typeof value !== "object" || value === null) return;
    if (/^allowOrigins$/i.test(key) && Array.isArray(value)) found.push(...value.map(String));
    for (const [inner, item] of Object.entries(value)) read(item, inner);
  };
  for (const part of parts) read(part, "");
  return [...new Set(found)];
}
