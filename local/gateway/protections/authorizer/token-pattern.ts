// `identityValidationExpression`: a Java regular expression that a token must match whole before the authorizer is invoked.
// What Java and JavaScript read differently is refused at the start: a pattern that lets more through here than there would
// hide a hole, and one that lets less through would hide a working token.

import { createContext, Script } from "node:vm";

export interface TokenPattern {
  matches(token: string): boolean;
}

/**
 * A pattern that backtracks for longer than this has been attacked (or is a mistake): the token counts as no match. The clock on the
 * wall is what can be had: at 20 ms a busy machine turned good tokens away.
 */
const limitMs = 250;

/**
 * Java only (`&&`, nested classes, `\Q`, `\A`, `\h`, `\G`, possessive quantifiers …) or of another meaning in Java (`[^]`, `[]`,
 * back references to groups that took no part). The `u` flag of JavaScript refuses every escape it does not know.
 */
const differs = /&&|\\[1-9kvRXNpP]|\[\^?\]|\[[^\]]*\[/;

/** @param fail throws for an expression that JavaScript cannot run as Java would */
export function tokenPattern(expression: string, fail: (why: string) => never): TokenPattern {
  const refuse = (): never =>
    fail("identityValidationExpression is one that only Java runs, or that Java runs differently");
  if (differs.test(expression)) refuse();
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${expression})$`, "u");
    // Unbalanced on its own, it could close the group around it and escape the anchors: `a)|(?:.*`.
    new RegExp(expression, "u");
  } catch {
    return refuse();
  }
  const scope = createContext({ pattern, token: "" });
  const script = new Script("pattern.test(token)");
  return {
    matches(token) {
      // Beyond ASCII the two languages' \s, \b and dot differ, and no token has it.
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
