import type { KyselyConfig } from 'kysely';

export type StatementKind = 'select' | 'insert' | 'update' | 'delete' | 'other';

/** Told of a statement once it has ended, well or not. */
export type OnStatement = (statement: Statement) => void;

export interface Statement {
  readonly kind: StatementKind;
  /** undefined: it has none, or several */
  readonly table: string | undefined;
  readonly seconds: number;
  readonly failed: boolean;
}

const KINDS: Readonly<Record<string, StatementKind>> = {
  SelectQueryNode: 'select',
  InsertQueryNode: 'insert',
  UpdateQueryNode: 'update',
  DeleteQueryNode: 'delete',
};

/** Nothing is measured where nobody listens. */
export function tellStatements(onStatement: OnStatement | undefined): Pick<KyselyConfig, 'log'> {
  if (onStatement === undefined) return {};
  return {
    log: ({ level, query, queryDurationMillis }) => {
      const kind = KINDS[query.query.kind] ?? 'other';
      const table = tableOf(query.query);
      onStatement({ kind, table, seconds: queryDurationMillis / 1000, failed: level === 'error' });
    },
  };
}

type TableNode = { readonly table?: { readonly identifier?: { readonly name?: string } } };

function tableOf(root: object): string | undefined {
  const { from, into, table } = root as {
    from?: { readonly froms?: readonly TableNode[] };
    into?: TableNode;
    table?: TableNode;
  };
  return (into ?? table ?? from?.froms?.[0])?.table?.identifier?.name;
}
