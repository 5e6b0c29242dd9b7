// Wildcards of IAM policies: `*` for any run of characters, across `/` and `:` too, and `?` for exactly one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

/**
 * Whether `text` matches `pattern`, whole and by case. Time is at most pattern × text: a pattern like `*a*a*a*b`, which an
 * authorizer may return for every call, cannot stall the gateway as a regular expression built from it could.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let patternAt = 0;
  let textAt = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (textAt < text.length) {
    const wanted = pattern[patternAt];
    // The star comes first: a literal `*` in the text must not be taken for the star itself.
    if (wanted === "*") {
      starAt = patternAt++;
      resumeAt = textAt;
    } else if (wanted === "?" || (wanted !== undefined && wanted === text[textAt])) {
      patternAt++;
      textAt++;
    } else if (starAt >= 0) {
      patternAt = starAt + 1;
      textAt = ++resumeAt;
    } else return false;
  }
  while (pattern[patternAt] === "*") patternAt++;
  return patternAt === pattern.length;
}

/**
 * Whether an ARN matches a pattern as `ArnLike` compares them: each of the six parts by itself, so that a `*` in one part
 * never swallows the next. The Resource element is compared whole instead (`matchesWildcard`).
 */
export function matchesArn(pattern: string, arn: string): boolean {
  const wanted = partsOf(pattern);
  const given = partsOf(arn);
  if (!wanted || !given) return false;
  return wanted.every((part, index) => matchesWildcard(part, given[index]!));
}

function partsOf(arn: string): string[] | undefined {
  const parts = arn.split(":");
  return parts.length < 6 || parts[0] !== "arn" ? undefined : [...parts.slice(0, 5), parts.slice(5).join(":")];
}
