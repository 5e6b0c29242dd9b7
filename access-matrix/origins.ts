// The origins whose web pages may call an API (CORS), as its document names them.

/**
 * The origins whose web pages may call it (CORS), wherever its document names them.
 * @param parts the document, and what stands beside it
 * @returns each once, for example `https://app.example` or `*`
 */
export function originsOf(...parts: readonly unknown[]): string[] {
  const found: string[] = [];
  const read = (value: unknown, key: string): void => {
    if (typeof value === "string" && /(^|\.)access-control-allow-origin$/i.test(key))
      found.push(value.replace(/^'|'$/g, ""));
    // A mapping template that overrides the header; what it does not set to a constant may be any origin.
    if (typeof value === "string")
      for (const [, set] of value.matchAll(/responseOverride\.header\.access-control-allow-origin\s*=\s*([^)]*)\)/gi))
        found.push(/^"[^"$]*"$/.test(set!.trim()) ? set!.trim().slice(1, -1) : "*");
    if (typeof value !== "object" || value === null) return;
    if (/^allowOrigins$/i.test(key) && Array.isArray(value)) found.push(...value.map(String));
    for (const [inner, item] of Object.entries(value)) read(item, inner);
  };
  for (const part of parts) read(part, "");
  return [...new Set(found)];
}
