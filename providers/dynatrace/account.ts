import { z } from 'zod';
import { type Authorize, accountCredentials, withSecretHeaders } from '../shared/credentials/authorize.ts';
import { ApiKey, HttpAccountFields } from '../shared/http/account.ts';

export const DynatraceAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('dynatrace'),
    apiToken: ApiKey.optional().describe(
      'an access token with the scope metrics.read; takes precedence over all other credentials',
    ),
  })
  .meta({ id: 'DynatraceAccount' });
export type DynatraceAccount = z.infer<typeof DynatraceAccount>;

/** Access tokens have a scheme of their own; platform tokens are ordinary bearer tokens. */
export function authorizeFor(account: DynatraceAccount): Authorize {
  const { apiToken } = account;
  if (!apiToken) return accountCredentials(account);
  return async () => withSecretHeaders(account, { Authorization: `Api-Token ${apiToken}` }, [apiToken]);
}
