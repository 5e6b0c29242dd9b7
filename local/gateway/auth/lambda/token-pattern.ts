// `identityValidationExpression`: a Java regular expression that must match the whole token before the authorizer is
// invoked. Expressions that Java and JavaScript interpret differently are refused at the start: a laxer match here
// would hide a hole, a stricter one would reject tokens that work on AWS.

import { createContext, Script } from "node:vm";

export interface TokenPattern {
  matches(token: string): boolean;
}

/**
 * Time limit of a match in milliseconds, against catastrophic backtracking: a token that exceeds it does not match. It
 * is wall-clock time, as nothing else is available; with 20 ms, a busy machine rejected valid tokens.
 */
const limitMs = 250;

/**
 * Constructs that only Java supports (`&&`, nested classes, possessive quantifiers, `\Q`, `\A`, `\h`, `\G` …) or that
 * differ there (`[^]`, `[]`, back references to groups that did not match). The `u` flag rejects unknown escapes.
 */
const differs = /&&|\\[1-9kvRXNpP]|\[\^?\]|\[[^\]]*\[/;

/** @param fail throws for an expression that JavaScript cannot evaluate as Java would */
export function tokenPattern(expression: string, fail: (why: string) => never): TokenPattern {
  const refuse = (): never =>
    fail("identityValidationExpression is one that only Java runs, or that Java runs differently");
  if (differs.test(expression)) refuse();
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${expression})$`, "u");
    // Compiled on its own too: unbalanced parentheses could close the group and escape the anchors, as in `a)|(?:.*`.
    new RegExp(expression, "u");
  } catch {
    return refuse();
  }
  const scope = createContext({ pattern, token: "" });
  const script = new Script("pattern.test(token)");
  return {
    matches(token) {
      // Beyond ASCII `\s`, `\b` and `.` differ between the two languages, and no valid token contains such characters.
      if (!/^[\x20-\x7e\t]*$/.test(token)) return false;
      scope["token"] = token;
      try {
        return script.runInContext(scope, { timeout: limitMs }) === true;
      } catch {
        return false;
      } finally {
        scope["token"] = "";
      }
    },
  };
}
