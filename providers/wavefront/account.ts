import { z } from 'zod';
import { withSecretHeaders } from '../shared/credentials/authorize.ts';
import { ApiKey, KeyedAccountFields } from '../shared/http/account.ts';
import type { HttpQuestion } from '../shared/http/http.ts';
import { readFailure, readRefusal } from './refusal.ts';

export const WavefrontAccount = z
  .strictObject({
    ...KeyedAccountFields,
    type: z.literal('wavefront'),
    apiToken: ApiKey.describe('of a user or a service account that may query'),
  })
  .meta({ id: 'WavefrontAccount' });
export type WavefrontAccount = z.infer<typeof WavefrontAccount>;

/** The common part of all requests to an account. */
export function questionTo(account: WavefrontAccount) {
  const { apiToken } = account;
  return {
    account,
    authorize: async () => withSecretHeaders(account, { Authorization: `Bearer ${apiToken}` }, [apiToken]),
    readRefusal,
    readFailure,
  } satisfies Partial<HttpQuestion> & { readFailure: unknown };
}
