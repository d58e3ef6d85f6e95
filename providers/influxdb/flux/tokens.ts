/** A part of a Flux script that means something. */
export interface Token {
  readonly kind: 'word' | 'text' | 'sign';
  /** of a text: what is within the quotes, as written */
  readonly text: string;
}

const BLANK = /(?:\s+|\/\/[^\n]*)+/y;
const WORD = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
/** Numbers, durations and times: `10`, `1m30s`, `2026-01-01T00:00:00Z`. */
const NUMBER = /\d[\p{L}\p{Nd}.:+-]*/uy;
const REGEX = /\/(?:[^/\\\n]|\\.)+\//y;
const SIGN = /\|>|<-|=>|=~|!~|==|!=|<=|>=|[^\s]/y;

/** After these a `/` divides; anywhere else a regular expression begins. */
const ENDS_A_VALUE = /^[\p{L}\p{Nd}_)\]}]/u;
/** Words after which a value begins. */
const OPERATORS = new Set(['and', 'or', 'not', 'exists', 'return', 'if', 'then', 'else', 'with', 'in', 'empty']);

/**
 * The tokens of a script, with those of expressions within texts (`"${…}"`).
 *
 * @see https://docs.influxdata.com/flux/v0/spec/lexical-elements/
 * @throws SyntaxError for a text that is not closed
 */
export function tokensOf(script: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(script)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < script.length) {
    if (match(BLANK) !== undefined) continue;
    if (script.charAt(at) === '"') {
      at = readText(script, at, tokens);
      continue;
    }
    const number = match(NUMBER);
    if (number !== undefined) tokens.push({ kind: 'sign', text: number });
    else {
      const word = match(WORD);
      if (word !== undefined) tokens.push({ kind: 'word', text: word });
      else if (divides(tokens.at(-1)) || match(REGEX) === undefined)
        tokens.push({ kind: 'sign', text: match(SIGN) ?? '' });
      // A regular expression is a value.
      else tokens.push({ kind: 'text', text: '' });
    }
  }
  return tokens;
}

function divides(last: Token | undefined): boolean {
  if (last === undefined || (last.kind === 'word' && OPERATORS.has(last.text))) return false;
  return last.kind === 'text' || ENDS_A_VALUE.test(last.text);
}

/** @returns where the text ends */
function readText(script: string, start: number, tokens: Token[]): number {
  const inner: Token[] = [];
  for (let at = start + 1; at < script.length; at++) {
    const sign = script.charAt(at);
    if (sign === '\\') at++;
    else if (sign === '"') {
      tokens.push({ kind: 'text', text: script.slice(start + 1, at) }, ...inner);
      // What follows is after a value again.
      if (inner.length > 0) tokens.push({ kind: 'text', text: '' });
      return at + 1;
    } else if (sign === '$' && script.charAt(at + 1) === '{') {
      const end = endOfExpression(script, at + 2);
      inner.push({ kind: 'sign', text: '(' }, ...tokensOf(script.slice(at + 2, end)), { kind: 'sign', text: ')' });
      at = end;
    }
  }
  throw new SyntaxError('a text is not closed');
}

/** Where the brace is that closes an expression within a text. */
function endOfExpression(script: string, start: number): number {
  let depth = 0;
  for (let at = start; at < script.length; at++) {
    const sign = script.charAt(at);
    if (sign === '"') at = readText(script, at, []) - 1;
    else if (sign === '{') depth++;
    else if (sign === '}' && depth-- === 0) return at;
  }
  throw new SyntaxError('an expression within a text is not closed');
}
