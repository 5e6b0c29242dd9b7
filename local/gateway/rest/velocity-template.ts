// A part of the Velocity Template Language, parsed at the start: #set, #if, #elseif, #else, references, texts and
// comparisons. Any other construct is refused, as what it would answer is not known here.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html

export type Value = string | number | boolean | null | ValueMap;
/** Without a prototype: callers choose keys and values. */
export interface ValueMap {
  [key: string]: Value;
}

export interface Reference {
  /** What follows `$`, for example `input`. */
  readonly root: string;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly property: string }
  | { readonly index: Expression }
  | { readonly method: string; readonly args: readonly Expression[] };

export type Expression =
  | { readonly literal: string | number | boolean }
  | { readonly template: readonly Node[] }
  | { readonly reference: Reference }
  | { readonly not: Expression }
  | { readonly operator: "==" | "!=" | "&&" | "||"; readonly left: Expression; readonly right: Expression };

export type Node =
  | { readonly text: string }
  | { readonly reference: Reference }
  | { readonly set: Reference; readonly to: Expression }
  /** The first branch whose condition holds; one without a condition is `#else`. */
  | { readonly branches: readonly { readonly condition?: Expression; readonly nodes: readonly Node[] }[] };

/** @throws Error naming the construct that is not known */
export function parseTemplate(template: string): Node[] {
  const parser = new Parser(template);
  const nodes = parser.nodes();
  parser.expectEnd();
  return nodes;
}

const name = /[A-Za-z][A-Za-z0-9_-]*/y;
const space = /[ \t\r\n]*/y;
/** A directive takes the rest of its line with it, if that is blank. */
const lineEnd = /[ \t]*\r?\n/y;

class Parser {
  private at = 0;

  constructor(private readonly source: string) {}

  /** Up to the end of the template, or a directive that closes a block. */
  nodes(): Node[] {
    const nodes: Node[] = [];
    while (this.at < this.source.length && !this.sees("#else") && !this.sees("#end")) nodes.push(this.node());
    return nodes;
  }

  expectEnd(): void {
    if (this.at < this.source.length) this.fail("has a directive outside its block");
  }

  private node(): Node {
    if (this.takes("#set(")) return this.set();
    if (this.takes("#if(")) return this.conditional();
    if (/^#(?:[A-Za-z{@]|[#*[])/.test(this.source.slice(this.at, this.at + 2))) this.fail("has an unknown directive");
    if (this.sees("$")) return { reference: this.reference() };
    const end = this.source.slice(this.at + 1).search(/[$#\\]/);
    const text = end === -1 ? this.source.slice(this.at) : this.source.slice(this.at, this.at + 1 + end);
    // A backslash escapes what follows, by rules of its own.
    if (text.startsWith("\\")) this.fail("has a backslash");
    this.at += text.length;
    return { text };
  }

  private set(): Node {
    this.skip(space);
    const set = this.reference();
    this.expect("=");
    const to = this.expression();
    this.expect(")");
    this.skip(lineEnd);
    return { set, to };
  }

  private conditional(): Node {
    const branches: { condition?: Expression; nodes: Node[] }[] = [];
    for (let more = true; more;) {
      const condition = this.expression();
      this.expect(")");
      this.skip(lineEnd);
      branches.push({ condition, nodes: this.nodes() });
      more = this.takes("#elseif(");
    }
    if (this.takes("#else")) {
      this.skip(lineEnd);
      branches.push({ nodes: this.nodes() });
    }
    if (!this.takes("#end")) this.fail("has an #if without #end");
    this.skip(lineEnd);
    return { branches };
  }

  private expression(): Expression {
    const left = this.operand();
    this.skip(space);
    for (const operator of ["==", "!=", "&&", "||"] as const)
      // Of equal rank, from the right: with other operators behind, precedence would matter.
      if (this.takes(operator)) {
        const right = this.operand();
        this.skip(space);
        if (/^(?:==|!=|&&|\|\|)/.test(this.source.slice(this.at))) this.fail("has several operators in one expression");
        return { operator, left, right };
      }
    return left;
  }

  private operand(): Expression {
    this.skip(space);
    if (this.takes("!")) return { not: this.operand() };
    if (this.takes("(")) {
      const inner = this.expression();
      this.expect(")");
      return inner;
    }
    if (this.sees("$")) return { reference: this.reference() };
    const quoted = this.match(/'([^']*)'/y) ?? this.match(/"([^"]*)"/y);
    // A text in double quotes is a template of its own.
    if (quoted) return quoted[0].startsWith("'") ? { literal: quoted[1]! } : { template: parseTemplate(quoted[1]!) };
    const number = this.match(/-?\d{1,15}(?![\d.])/y);
    if (number) return { literal: Number(number[0]) };
    const word = this.match(/(?:true|false)\b/y);
    return word ? { literal: word[0] === "true" } : this.fail("has an expression that is not known");
  }

  private reference(): Reference {
    this.expect("$");
    if (this.sees("!") || this.sees("{")) this.fail("has a reference in another form than $name");
    const root = this.match(name)?.[0] ?? this.fail("has a $ that begins no reference");
    const steps: Step[] = [];
    for (;;) {
      const member = this.match(/\.([A-Za-z][A-Za-z0-9_-]*)/y)?.[1];
      if (member !== undefined)
        steps.push(this.takes("(") ? { method: member, args: this.args() } : { property: member });
      else if (this.takes("[")) {
        steps.push({ index: this.expression() });
        this.expect("]");
      } else return { root, steps };
    }
  }

  private args(): Expression[] {
    const args: Expression[] = [];
    this.skip(space);
    while (!this.takes(")")) {
      if (args.length > 0) this.expect(",");
      args.push(this.expression());
      this.skip(space);
    }
    return args;
  }

  private sees(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  private takes(text: string): boolean {
    const found = this.sees(text);
    if (found) this.at += text.length;
    return found;
  }

  private expect(text: string): void {
    this.skip(space);
    if (!this.takes(text)) this.fail(`lacks a ${text}`);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    this.at += found?.[0].length ?? 0;
    return found;
  }

  private skip(pattern: RegExp): void {
    this.match(pattern);
  }

  private fail(why: string): never {
    throw new Error(`${why}, at character ${this.at}`);
  }
}
