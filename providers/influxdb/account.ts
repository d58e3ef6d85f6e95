import { z } from 'zod';
import { type Authorize, accountCredentials, withSecretHeaders } from '../shared/credentials/authorize.ts';
import { ApiKey, HttpAccountFields } from '../shared/http/account.ts';

/** The query language, and the path that accepts it. */
export const LANGUAGES = ['influxql', 'flux'] as const;
export type Language = (typeof LANGUAGES)[number];

export const InfluxdbAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('influxdb'),
    version: z
      .literal([1, 2, 3])
      .default(1)
      .describe('of the store; 2 is asked in Flux, the others in InfluxQL, unless a query says otherwise'),
    database: z.string().min(1).optional().describe('for InfluxQL; the name of the metric when absent, as in Kayenta'),
    retentionPolicy: z.string().min(1).optional().describe("for InfluxQL; the database's default one when absent"),
    org: z.string().min(1).optional().describe('for Flux: name or id of the organization'),
    bucket: z.string().min(1).optional().describe('for Flux; the database, with its retention policy, when absent'),
    token: ApiKey.optional().describe('takes precedence over user, password and bearer token'),
    allowPackages: z
      .array(z.string().regex(/^[\w/.-]+$/, 'must be the path of a Flux package, such as experimental'))
      .default([])
      .describe('Flux packages a script may import besides those that only read'),
    apiKey: z.string().optional().describe("taken over from Kayenta's configuration; not sent, as there"),
    applicationKey: z.string().optional().describe("taken over from Kayenta's configuration; not sent, as there"),
  })
  .meta({ id: 'InfluxdbAccount' });
export type InfluxdbAccount = z.infer<typeof InfluxdbAccount>;

/** InfluxDB's own token scheme; for Flux, 1.8 expects user and password in it. */
export function authorizeFor(account: InfluxdbAccount, language: Language): Authorize {
  const { token, username, password = '', version } = account;
  if (token) return tokenScheme(account, token, [token]);
  if (language === 'flux' && version === 1 && username) {
    return tokenScheme(account, `${username}:${password}`, [`${username}:${password}`, password]);
  }
  return accountCredentials(account);
}

function tokenScheme(account: InfluxdbAccount, token: string, secrets: readonly string[]): Authorize {
  return async () => withSecretHeaders(account, { Authorization: `Token ${token}` }, secrets);
}
