import type { KyselyConfig } from 'kysely';

export type StatementKind = 'select' | 'insert' | 'update' | 'delete' | 'other';

/** Told of a statement once it has ended, well or not. */
export type OnStatement = (statement: { kind: StatementKind; seconds: number; failed: boolean }) => void;

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
      onStatement({ kind, seconds: queryDurationMillis / 1000, failed: level === 'error' });
    },
  };
}
