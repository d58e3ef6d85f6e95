import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { StoredToken, TokenStore } from '../domain/access-stores.ts';
import { ROLES, type Role } from '../domain/permission.ts';
import { CanaryError } from '../errors.ts';
import type { Tables, TokenTable } from './tables.ts';
import { readingRow, readTime } from './unreadable.ts';

const Names = z.array(z.string());

/** Tokens, by their hashes. */
export function createTokenStore(db: Kysely<Tables>): TokenStore {
  return {
    async get(id) {
      const row = await db.selectFrom('access_token').selectAll().where('id', '=', id).executeTakeFirst();
      return row && tokenOf(row);
    },
    async create(token) {
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('access_token')
        .values(rowOf(token))
        .onConflict((clash) => clash.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows > 0n;
    },
    async list() {
      const rows = await db
        .selectFrom('access_token')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(tokenOf);
    },
    async revoke(id, at) {
      const { numUpdatedRows } = await db
        .updateTable('access_token')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async used(id, at) {
      await db.updateTable('access_token').set({ last_used_at: at }).where('id', '=', id).execute();
    },
  };
}

function rowOf({ applications, accounts, ...token }: StoredToken) {
  return {
    id: token.id,
    name: token.name,
    hash: token.hash,
    role: token.role,
    applications: applications === undefined ? null : JSON.stringify(applications),
    accounts: accounts === undefined ? null : JSON.stringify(accounts),
    created_at: token.createdAt,
    created_by: token.createdBy,
    expires_at: token.expiresAt ?? null,
    revoked_at: token.revokedAt ?? null,
    last_used_at: token.lastUsedAt ?? null,
  };
}

/** What cannot be read lets nobody in: a scope that is lost must not become all there is. */
function tokenOf(row: Selectable<TokenTable>): StoredToken {
  const reading = readingRow();
  const names = (column: 'applications' | 'accounts') =>
    row[column] === null
      ? undefined
      : reading.read<string[] | undefined>(column, () => Names.parse(JSON.parse(row[column] ?? '')), undefined);
  const token: StoredToken = {
    id: row.id,
    name: row.name,
    hash: row.hash,
    role: reading.read<Role>('role', () => roleOf(row.role), 'viewer'),
    applications: names('applications'),
    accounts: names('accounts'),
    createdAt: readTime(reading, 'created_at', row.created_at) ?? 0,
    createdBy: row.created_by,
    expiresAt: readTime(reading, 'expires_at', row.expires_at),
    revokedAt: readTime(reading, 'revoked_at', row.revoked_at),
    lastUsedAt: readTime(reading, 'last_used_at', row.last_used_at),
  };
  const [problem] = reading.problems;
  if (problem === undefined) return token;
  throw new CanaryError('OBJECT_UNREADABLE', `The token '${row.name}' cannot be read: ${problem}; create another one.`);
}

function roleOf(text: string): Role {
  if (Object.hasOwn(ROLES, text)) return text as Role;
  throw new Error(`'${text}' is no role`);
}
