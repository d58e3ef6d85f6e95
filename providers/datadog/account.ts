import { z } from 'zod';
import { withSecretHeaders } from '../shared/credentials/authorize.ts';
import { ApiKey, KeyedAccountFields, OptionalEndpoint } from '../shared/http/account.ts';
import type { HttpQuestion } from '../shared/http/http.ts';
import { readRefusal } from './refusal.ts';

export const DatadogAccount = z
  .strictObject({
    ...KeyedAccountFields,
    ...OptionalEndpoint,
    type: z.literal('datadog'),
    apiKey: ApiKey.describe('of the organization; write ${NAME} and set the variable'),
    applicationKey: ApiKey.describe('queries need it besides the API key; its scope must include timeseries_query'),
    site: z
      .string()
      .regex(/^[a-z\d-]+(\.[a-z\d-]+)+$/, 'must be a host name such as datadoghq.eu')
      .default('datadoghq.com')
      .describe('where the organization is, e.g. datadoghq.eu or us3.datadoghq.com; asked at https://api.<site>'),
  })
  .meta({ id: 'DatadogAccount' });
export type DatadogAccount = z.infer<typeof DatadogAccount>;

/** The common part of all requests to an account. */
export function questionTo(account: DatadogAccount) {
  const { endpoint, site, apiKey, applicationKey } = account;
  return {
    account,
    baseUrl: endpoint?.baseUrl ?? `https://api.${site}`,
    authorize: async () => withSecretHeaders(account, { 'DD-API-KEY': apiKey, 'DD-APPLICATION-KEY': applicationKey }),
    readRefusal,
  } satisfies Partial<HttpQuestion>;
}
