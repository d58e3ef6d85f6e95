import type { SqlAccount } from './account.ts';
import type { Statement } from './statement.ts';

/** Values of a statement's variables by name. Numbers are ours; texts may come from anyone. */
export type Variables = ReadonlyMap<string, string | number>;

/** A statement as it is sent. */
export interface Bound {
  readonly text: string;
  /** in the order of their numbers, where the database counts them */
  readonly values: readonly { readonly name: string; readonly value: string | number }[];
}

type Binding = Pick<SqlAccount, 'dialect' | 'legacy'>;

/** Puts the database's own parameters in place of the variables; one for each name, however often it is used. */
export function bind({ pieces }: Statement, variables: Variables, account: Binding): Bound {
  const names = [...new Set(pieces.flatMap((piece) => ('variable' in piece ? [piece.variable] : [])))];
  const values = names.map((name) => ({ name, value: variables.get(name) ?? '' }));
  const text = pieces
    .map((piece) => {
      if ('text' in piece) return piece.text;
      const index = names.indexOf(piece.variable);
      return placeholder(account, { name: piece.variable, value: values[index]?.value ?? '', index });
    })
    .join('');
  return { text: text.trim(), values: account.legacy ? [] : values };
}

/** The statement with its values, for people: what reports and dry runs show. */
export function textOf({ text, values }: Bound, { dialect }: Binding): string {
  const lines = values.map(({ name, value }, index) => {
    return `-- ${dialect === 'postgres' ? `$${index + 1}` : `{${name}}`} = ${JSON.stringify(value)}`;
  });
  return [text, ...lines].join('\n');
}

interface Placing {
  readonly name: string;
  readonly value: string | number;
  /** of the name, counted from 0 */
  readonly index: number;
}

function placeholder({ dialect, legacy }: Binding, { name, value, index }: Placing): string {
  if (legacy) return literal(value);
  if (dialect === 'clickhouse') return `{${name}:${clickHouseType(value)}}`;
  // The type of a number is said, so that it may be used where different ones would be guessed.
  return `$${index + 1}${typeof value === 'number' ? `::${Number.isInteger(value) ? 'bigint' : 'double precision'}` : ''}`;
}

function clickHouseType(value: string | number): string {
  if (typeof value === 'string') return 'String';
  return Number.isInteger(value) ? 'Int64' : 'Float64';
}

/** Of ClickHouse: backslashes escape. Whoever writes the statement puts variables where a value may stand. */
function literal(value: string | number): string {
  if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
  return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\0', '\\0')}'`;
}
