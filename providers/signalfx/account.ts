import { z } from 'zod';
import { withSecretHeaders } from '../shared/credentials/authorize.ts';
import { ApiKey, KeyedAccountFields, OptionalEndpoint } from '../shared/http/account.ts';
import type { HttpQuestion } from '../shared/http/http.ts';
import { readRefusal } from './refusal.ts';

export const SignalFxAccount = z
  .strictObject({
    ...KeyedAccountFields,
    ...OptionalEndpoint,
    type: z.literal('signalfx'),
    accessToken: ApiKey.describe('an organization token that may use the API'),
    realm: z
      .string()
      .regex(/^[a-z\d-]+$/, 'must be a realm such as us1')
      .optional()
      .describe('where the organization is, e.g. us1; asked at https://stream.<realm>.observability.splunkcloud.com'),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('where metrics are searched; absent: as the endpoint, with api. for stream.'),
    defaultScopeKey: z.string().min(1).optional().describe('the dimension that must be the scope'),
    defaultLocationKey: z.string().min(1).optional().describe('the dimension that must be the location'),
  })
  .meta({ id: 'SignalFxAccount' });
export type SignalFxAccount = z.infer<typeof SignalFxAccount>;

/** The common part of all requests to an account: programs run at one host, metrics are searched at another. */
export function questionTo(account: SignalFxAccount, host: 'stream' | 'api') {
  const stream = streamUrl(account);
  return {
    account,
    baseUrl: host === 'stream' ? stream : (account.apiUrl ?? stream.replace('://stream.', '://api.')),
    authorize: async () => withSecretHeaders(account, { 'X-SF-TOKEN': account.accessToken }),
    readRefusal,
  } satisfies Partial<HttpQuestion>;
}

function streamUrl({ endpoint, realm }: SignalFxAccount): string {
  if (endpoint !== undefined) return endpoint.baseUrl;
  return realm === undefined ? 'https://stream.signalfx.com' : `https://stream.${realm}.observability.splunkcloud.com`;
}
