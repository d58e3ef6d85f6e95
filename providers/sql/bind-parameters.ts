import type { SqlAccount } from './account.ts';
import type { Statement } from './statement.ts';

/** Values of a statement's variables by name. Numbers are ours; texts are untrusted. */
export type Variables = ReadonlyMap<string, string | number>;

/** A statement as it is sent. */
export interface Bound {
  readonly text: string;
  /** in order, for databases with numbered parameters */
  readonly values: readonly { readonly name: string; readonly value: string | number }[];
}

type Binding = Pick<SqlAccount, 'dialect' | 'legacy'>;

/** Replaces variables by the database's parameters; one per name, however often it is used. */
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

/** The statement with its values, for reports and dry runs. */
export function textOf({ text, values }: Bound, { dialect }: Binding): string {
  const lines = values.map(({ name, value }, index) => {
    return `-- ${dialect === 'postgres' ? `$${index + 1}` : `{${name}}`} = ${JSON.stringify(value)}`;
  });
  return [text, ...lines].join('\n');
}

interface Placing {
  readonly name: string;
  readonly value: string | number;
  /** of the name, from 0 */
  readonly index: number;
}

function placeholder({ dialect, legacy }: Binding, { name, value, index }: Placing): string {
  if (legacy) return literal(value);
  if (dialect === 'clickhouse') return `{${name}:${clickHouseType(value)}}`;
  // States a number's type, so that the database does not have to guess it.
  return `$${index + 1}${typeof value === 'number' ? `::${Number.isInteger(value) ? 'bigint' : 'double precision'}` : ''}`;
}

function clickHouseType(value: string | number): string {
  if (typeof value === 'string') return 'String';
  return Number.isInteger(value) ? 'Int64' : 'Float64';
}

/** ClickHouse literals: backslashes escape. The author of the statement puts variables where values are allowed. */
function literal(value: string | number): string {
  if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
  return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\0', '\\0')}'`;
}
