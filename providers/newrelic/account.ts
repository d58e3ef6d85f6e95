import { z } from 'zod';
import { withSecretHeaders } from '../shared/credentials/authorize.ts';
import { ApiKey, KeyedAccountFields, OptionalEndpoint } from '../shared/http/account.ts';
import type { HttpQuestion } from '../shared/http/http.ts';

/** Two APIs to the same database: GraphQL, and an older one with fewer features. */
export const APIS = ['nerdgraph', 'insights'] as const;
export type Api = (typeof APIS)[number];

const HOSTS = {
  us: { nerdgraph: 'https://api.newrelic.com', insights: 'https://insights-api.newrelic.com' },
  eu: { nerdgraph: 'https://api.eu.newrelic.com', insights: 'https://insights-api.eu.newrelic.com' },
} as const;

const AccountId = z.union([
  z.number().int().positive(),
  z.string().regex(/^\d{1,15}$/, 'must be the number of an account'),
]);

export const NewRelicAccount = z
  .strictObject({
    ...KeyedAccountFields,
    ...OptionalEndpoint,
    type: z.literal('newrelic'),
    accountId: AccountId.optional().describe('the number of the New Relic account'),
    applicationKey: AccountId.optional().describe('what Kayenta calls accountId'),
    userKey: ApiKey.optional().describe('a user key, for NerdGraph'),
    apiKey: ApiKey.optional().describe('a query key, for the older Insights API'),
    api: z.enum(APIS).optional().describe('what is asked; absent: nerdgraph when there is a userKey, else insights'),
    region: z.enum(['us', 'eu']).default('us').describe('where the account is kept'),
    defaultScopeKey: z.string().min(1).optional().describe('the attribute that must be like the scope'),
    defaultLocationKey: z.string().min(1).optional().describe('the attribute that must be like the location'),
    // New Relic recommends at most five concurrent queries over longer periods.
    maxConcurrent: KeyedAccountFields.maxConcurrent.unwrap().default(5).describe('questions to this store at a time'),
  })
  .refine(({ accountId, applicationKey }) => accountId !== undefined || applicationKey !== undefined, {
    path: ['accountId'],
    error: 'is missing; write the number of the New Relic account',
  })
  .refine((account) => keyFor(account, apiOf(account)) !== undefined, {
    path: ['userKey'],
    error: 'is missing; write a user key, or for api: insights an apiKey',
  })
  .meta({ id: 'NewRelicAccount' });
export type NewRelicAccount = z.infer<typeof NewRelicAccount>;

interface Keys {
  readonly api?: Api | undefined;
  readonly userKey?: string | undefined;
  readonly apiKey?: string | undefined;
}

/** The API an account uses when the query does not name one. */
export function apiOf({ api, userKey }: Keys): Api {
  return api ?? (userKey === undefined ? 'insights' : 'nerdgraph');
}

export function keyFor({ userKey, apiKey }: Keys, api: Api): string | undefined {
  return api === 'nerdgraph' ? userKey : apiKey;
}

export function accountIdOf({ accountId, applicationKey }: NewRelicAccount): number {
  return Number(accountId ?? applicationKey);
}

const KEY_HEADERS = { nerdgraph: 'API-Key', insights: 'X-Query-Key' } as const;

/** The common part of all requests to one API of an account. */
export function questionTo(account: NewRelicAccount, api: Api) {
  const key = keyFor(account, api) ?? '';
  const baseUrl = api === apiOf(account) ? account.endpoint?.baseUrl : undefined;
  return {
    account,
    baseUrl: baseUrl ?? HOSTS[account.region][api],
    authorize: async () => withSecretHeaders(account, { [KEY_HEADERS[api]]: key }),
  } satisfies Partial<HttpQuestion>;
}
