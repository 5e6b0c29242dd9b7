// Wildcards of IAM policies: `*` matches any characters, including `/` and `:`; `?` matches exactly one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

/**
 * Whether the whole `text` matches `pattern`, case-sensitively. Takes at most O(pattern × text) time, unlike a regular
 * expression: a pattern like `*a*a*a*b` in an authorizer's policy cannot stall the gateway.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let patternAt = 0;
  let textAt = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (textAt < text.length) {
    const wanted = pattern[patternAt];
    // Checked first: a literal `*` in the text must not be taken for a match of the wildcard.
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
 * Whether an ARN matches a pattern as with `ArnLike`: each of the six parts separately, so that a `*` in one part does
 * not match the next. The Resource element is matched as a whole instead (`matchesWildcard`).
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
