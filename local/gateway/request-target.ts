// The target of a request line, taken apart and refused where two readers could understand it differently.
// Paths travel as sent to signatures, policies and functions; what would name one resource in two ways would let a caller
// step around a policy that names it in one. API Gateway's own edge refuses most of this with 400.

/** A target that is safe to route. */
export interface Target {
  /** As sent, percent-encoded, with the stage, without the query. */
  readonly path: string;
  /** As sent, without `?`; empty where there is none. */
  readonly rawQuery: string;
}

// Printable ASCII of a path; anything else has to come percent-encoded. RFC 3986 section 3.3 allows fewer, browsers send these.
const pathCharacters = /^\/[!-~]*$/;
const queryCharacters = /^[!-~]*$/;
const malformedEscape = /%(?![0-9A-Fa-f]{2})/;
// `/./` and `/../`: a backend that normalises would see another path than the policy did (`%2e` is refused below).
const dotSegment = /\/\.{1,2}(?:\/|$)/;
// Encoded letters, digits, `-`, `_`, `~` and `.` (RFC 3986 section 6.2.2.2 calls them equal to the plain ones), NUL and other control characters.
const needlessEscape = /%(?:2d|2e|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i;
const controlEscape = /%(?:[01][0-9a-f]|7f)/i;

/** @returns `undefined` for a target that is answered with 400 */
export function parseTarget(url: string): Target | undefined {
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const rawQuery = mark === -1 ? "" : url.slice(mark + 1);
  if (!pathCharacters.test(path) || path.includes("#") || path.includes("\\") || !queryCharacters.test(rawQuery))
    return undefined;
  if (path.includes("%") && !safeEscapes(path)) return undefined;
  if (path.includes(".") && dotSegment.test(path)) return undefined;
  if (rawQuery.includes("%") && !decodes(rawQuery)) return undefined;
  return { path, rawQuery };
}

function safeEscapes(path: string): boolean {
  return !malformedEscape.test(path) && !needlessEscape.test(path) && !controlEscape.test(path) && decodes(path);
}

/** Whether the escapes are whole and spell UTF-8. */
function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Takes the stage off a path: `/dev/mymodel` → `/mymodel`; `undefined` where it names another stage. */
export function withoutStage(path: string, stage: string): string | undefined {
  return withoutPrefix(path, `/${stage}`);
}

/** Takes a prefix of whole segments off a path; `undefined` where the path does not lie under it. @param prefix `/v1`, or empty */
export function withoutPrefix(path: string, prefix: string): string | undefined {
  if (prefix === "") return path;
  if (path === prefix) return "/";
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

/**
 * The query's parameters in order, decoded as API Gateway does it: `+` is a space (recorded on AWS), a name without `=` has
 * an empty value.
 * @param rawQuery as `parseTarget` let it through
 */
export function parseQuery(rawQuery: string): readonly (readonly [name: string, value: string])[] {
  if (rawQuery === "") return [];
  return rawQuery
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const mark = pair.indexOf("=");
      return mark === -1 ? [decode(pair), ""] : [decode(pair.slice(0, mark)), decode(pair.slice(mark + 1))];
    });
}

function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  // An escape cut in two by `&` or `=` passed as a whole above; what is left of it stays as it is.
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
