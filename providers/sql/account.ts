import { unescape as percentDecoded } from 'node:querystring';
import { z } from 'zod';
import { HttpAccountFields } from '../shared/http/account.ts';

/** The supported databases: protocol and an example address. */
const DIALECTS = {
  postgres: { protocol: /^postgres(ql)?:$/, example: 'postgres://host:5432/database' },
  clickhouse: { protocol: /^https?:$/, example: 'https://host:8443' },
} as const;
export type Dialect = keyof typeof DIALECTS;

const BaseUrl = z
  .url({ error: 'write an address such as postgres://host:5432/database or https://host:8443' })
  .refine((url) => !/[?#]/.test(url) && URL.parse(url)?.username === '' && URL.parse(url)?.password === '', {
    error: 'must not contain user:password@, ? or #; write username and password as fields of the account',
  });

/** Fields that only ClickHouse over HTTP has. */
const HTTP_ONLY = ['bearerToken', 'bearerTokenFile', 'proxyUrl', 'sendSettings', 'legacy'] as const;

export const SqlAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('sql'),
    dialect: z
      .enum(Object.keys(DIALECTS) as [Dialect, ...Dialect[]])
      .describe('the database, and how statements are sent to it'),
    endpoint: z
      .strictObject({ baseUrl: BaseUrl.describe('postgres://host:5432/database, or the HTTP address of ClickHouse') })
      .describe('where the database is'),
    database: z.string().min(1).optional().describe("the path of a PostgreSQL address, or the user's default"),
    statementTimeoutMillis: z
      .number()
      .int()
      .min(1)
      .max(600_000)
      .default(20_000)
      .describe('longest run of one statement in the database; whole seconds in ClickHouse'),
    sendSettings: z
      .boolean()
      .optional()
      .describe('ClickHouse: false for users with readonly=1, who may not set a time limit; true when absent'),
    legacy: z
      .boolean()
      .optional()
      .describe('ClickHouse before 19.14, without query parameters: values are written as escaped literals'),
  })
  .refine(({ dialect, endpoint }) => DIALECTS[dialect].protocol.test(new URL(endpoint.baseUrl).protocol), {
    path: ['endpoint', 'baseUrl'],
    error: ({ input }) => `must be like ${DIALECTS[(input as { dialect: Dialect }).dialect].example} for this dialect`,
  })
  .refine(({ dialect, username, usernamePasswordFile }) => dialect !== 'postgres' || username || usernamePasswordFile, {
    path: ['username'],
    error: 'is required for PostgreSQL, or usernamePasswordFile',
  })
  .refine((account) => account.dialect !== 'postgres' || databaseOf(account) !== undefined, {
    path: ['database'],
    error: 'is required for PostgreSQL, here or as the path of endpoint.baseUrl',
  })
  .refine((account) => account.dialect !== 'postgres' || HTTP_ONLY.every((field) => account[field] === undefined), {
    path: ['dialect'],
    error: `postgres has none of ${HTTP_ONLY.join(', ')}`,
  })
  .meta({ id: 'SqlAccount' });
export type SqlAccount = z.infer<typeof SqlAccount>;

interface Located {
  readonly dialect: Dialect;
  readonly endpoint: { readonly baseUrl: string };
  readonly database?: string | undefined;
}

/** The database of an account; undefined: the user's default. */
export function databaseOf({ dialect, endpoint, database }: Located): string | undefined {
  if (database !== undefined || dialect !== 'postgres') return database;
  const path = new URL(endpoint.baseUrl).pathname.slice(1);
  return path === '' ? undefined : percentDecoded(path);
}
