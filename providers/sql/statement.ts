import type { Dialect } from './account.ts';
import { sideEffectOf } from './side-effects.ts';

/** A part of a statement: literal text, or the name of a variable. */
export type Piece = { readonly text: string } | { readonly variable: string };

/** A parsed statement, without its final semicolon. */
export interface Statement {
  readonly pieces: readonly Piece[];
}

interface Grammar {
  /** read-only statements start with one of these, or with a parenthesis */
  readonly beginnings: readonly string[];
  /** whether comments nest */
  readonly nestedComments: boolean;
  /** tokens kept whole, including `:` and `;` in them */
  readonly quoted: readonly RegExp[];
  /** the database's own parameter syntax: not allowed for users, since the numbers are ours */
  readonly parameter: RegExp | undefined;
}

const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const LINE_COMMENT = /--[^\n]*/y;
const DOLLAR_QUOTED = /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$/y;

const GRAMMARS: Readonly<Record<Dialect, Grammar>> = {
  postgres: {
    beginnings: ['select', 'with', 'values', 'table'],
    nestedComments: true,
    // Backslashes escape only after an E.
    quoted: [LINE_COMMENT, /e'(?:[^'\\]|\\[\s\S]|'')*'/iy, /'(?:[^']|'')*'/y, /"(?:[^"]|"")*"/y, DOLLAR_QUOTED],
    parameter: /\$\d+/y,
  },
  clickhouse: {
    beginnings: ['select', 'with'],
    nestedComments: false,
    quoted: [
      LINE_COMMENT,
      /#[^\n]*/y,
      /'(?:[^'\\]|\\[\s\S]|'')*'/y,
      /"(?:[^"\\]|\\[\s\S]|"")*"/y,
      /`(?:[^`\\]|\\[\s\S]|``)*`/y,
      DOLLAR_QUOTED,
    ],
    parameter: undefined,
  },
};

const VARIABLE = /:([A-Za-z_]\w*)/y;
/** Skipped as a whole, so that nothing inside is misread. */
const PLAIN = [/\s+/y, WORD, /\d[\w.]*/y, /::/y];

/**
 * Finds the variables of a statement, `:name`, outside literals, quoted names and comments, and ensures that it is a
 * single read-only statement. A colon that is not a variable needs a blank after it.
 *
 * @throws Error with the reason
 */
export function readStatement(sql: string, dialect: Dialect): Statement {
  const grammar = GRAMMARS[dialect];
  const scanner = new Scanner(sql);
  let first: string | undefined;
  let ended = false;
  const tokens: string[] = [];
  while (!scanner.done) {
    const token = scanner.next(grammar);
    if (token === undefined) throw new Error(`has a quote or a comment that is not closed: ${scanner.rest(30)}`);
    if (token.kind === 'blank') continue;
    if (ended) throw new Error('must be a single statement; there is more after the semicolon');
    first ??= token.text.toLowerCase();
    tokens.push(token.text);
    ended = token.kind === 'end';
  }
  if (first === undefined || (first !== '(' && !grammar.beginnings.includes(first))) {
    throw new Error(`must only read: begin with ${grammar.beginnings.join(', ')}`);
  }
  const effect = sideEffectOf(tokens, dialect);
  if (effect !== undefined) throw new Error(effect);
  return { pieces: scanner.pieces };
}

interface Token {
  readonly kind: 'blank' | 'end' | 'other';
  readonly text: string;
}

class Scanner {
  readonly pieces: Piece[] = [];
  readonly #sql: string;
  #at = 0;

  constructor(sql: string) {
    this.#sql = sql;
  }

  get done(): boolean {
    return this.#at >= this.#sql.length;
  }

  rest(length: number): string {
    return this.#sql.slice(this.#at, this.#at + length);
  }

  /** Undefined for an unterminated quote or comment. */
  next({ quoted, nestedComments, parameter }: Grammar): Token | undefined {
    const comment = this.#blockComment(nestedComments);
    if (comment !== undefined) return comment === '' ? undefined : this.#plain(comment, 'blank');
    for (const pattern of quoted) {
      const text = this.#match(pattern)?.[0];
      if (text !== undefined) return this.#plain(text, /^(--|#)/.test(text) ? 'blank' : 'other');
    }
    const own = parameter && this.#match(parameter)?.[0];
    if (own !== undefined) throw new Error(`must not use ${own}; write variables such as :scope`);
    for (const pattern of PLAIN) {
      const text = this.#match(pattern)?.[0];
      if (text !== undefined) return this.#plain(text, /^\s/.test(text) ? 'blank' : 'other');
    }
    const [text, variable] = this.#match(VARIABLE) ?? [];
    if (text !== undefined && variable !== undefined) {
      this.#at += text.length;
      this.pieces.push({ variable });
      return { kind: 'other', text };
    }
    const sign = this.rest(1);
    if (/['"`]/.test(sign)) return undefined;
    if (sign !== ';') return this.#plain(sign, 'other');
    this.#at += 1;
    return { kind: 'end', text: sign };
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#sql);
  }

  #plain(text: string, kind: Token['kind']): Token {
    this.#at += text.length;
    const last = this.pieces.at(-1);
    if (last !== undefined && 'text' in last) this.pieces[this.pieces.length - 1] = { text: last.text + text };
    else this.pieces.push({ text });
    return { kind, text };
  }

  /** Empty when it is not terminated. */
  #blockComment(nested: boolean): string | undefined {
    if (this.rest(2) !== '/*') return undefined;
    const marks = nested ? /\/\*|\*\//g : /\*\//g;
    marks.lastIndex = this.#at + 2;
    let depth = 1;
    for (let mark = marks.exec(this.#sql); mark !== null; mark = marks.exec(this.#sql)) {
      depth += mark[0] === '/*' ? 1 : -1;
      if (depth === 0) return this.#sql.slice(this.#at, marks.lastIndex);
    }
    return '';
  }
}
