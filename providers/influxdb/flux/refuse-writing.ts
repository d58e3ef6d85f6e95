import { type Token, tokensOf } from './tokens.ts';

/** Packages of Flux that only compute, or read what the account may read. */
const PACKAGES: ReadonlySet<string> = new Set([
  'array',
  'bitwise',
  'date',
  'date/boundaries',
  'dict',
  'experimental/aggregate',
  'experimental/bitwise',
  'experimental/date/boundaries',
  'experimental/oee',
  'experimental/polyline',
  'experimental/query',
  'experimental/record',
  'experimental/table',
  'generate',
  'influxdata/influxdb/sample',
  'influxdata/influxdb/schema',
  'influxdata/influxdb/v1',
  'interpolate',
  'join',
  'math',
  'regexp',
  'runtime',
  'sampledata',
  'strings',
  'system',
  'timezone',
  'types',
]);

/** Statements that declare what the engine itself offers, or a task. */
const STATEMENTS: ReadonlySet<string> = new Set(['builtin', 'testcase', 'test']);

/**
 * Why a script is not allowed: it may import packages that only read, and name no function that writes, under any
 * name. `to` is a word of its own in no other place than as the name of a column or parameter.
 */
export function writingProblem(script: string, allowPackages: readonly string[]): string | undefined {
  let tokens: Token[];
  try {
    tokens = tokensOf(script);
  } catch (error) {
    if (error instanceof SyntaxError) return `cannot be read: ${error.message}`;
    throw error;
  }
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== 'word') continue;
    const next = tokens[index + 1];
    const problem =
      text === 'import'
        ? importProblem(tokens, index, allowPackages)
        : (nameProblem(tokens, index) ?? (isStatement(text, next) ? `declares with '${text}'` : undefined));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** `import "path"`, `import name "path"`; anywhere, since nothing else is called so. */
function importProblem(tokens: readonly Token[], index: number, allowPackages: readonly string[]): string | undefined {
  const [first, second] = [tokens[index + 1], tokens[index + 2]];
  const path = first?.kind === 'text' ? first : first?.kind === 'word' && second?.kind === 'text' ? second : undefined;
  if (path === undefined) return 'has an import without the path of a package';
  if (PACKAGES.has(path.text) || allowPackages.includes(path.text)) return undefined;
  return (
    `imports "${path.text.slice(0, 80)}", which is not known to only read; leave it out, or add it to the account's ` +
    'allowPackages'
  );
}

const WRITERS: ReadonlySet<string> = new Set(['to', 'wideTo']);

/** A column, `r.to`, and the name of a parameter or column, `to:`, are not the function. */
function nameProblem(tokens: readonly Token[], index: number): string | undefined {
  const name = tokens[index]?.text ?? '';
  if (!WRITERS.has(name)) return undefined;
  const [before, after] = [tokens[index - 1]?.text, tokens[index + 1]?.text];
  const isColumn = before === '.' && after !== '(';
  if (isColumn || (after === ':' && before !== '?')) return undefined;
  return `must not write: remove ${name}()`;
}

function isStatement(text: string, next: Token | undefined): boolean {
  return STATEMENTS.has(text) && next?.kind === 'word';
}
