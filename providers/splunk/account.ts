import { z } from 'zod';
import { type Authorize, accountCredentials, withSecretHeaders } from '../shared/credentials/authorize.ts';
import { ApiKey, HttpAccountFields } from '../shared/http/account.ts';

export const SplunkAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('splunk'),
    sessionKey: ApiKey.optional().describe(
      'of a session that is open already; takes precedence over all other credentials',
    ),
    apiVersion: z
      .enum(['v2', 'v1'])
      .default('v2')
      .describe('of the search endpoints; releases before 9.0.1 have v1 only'),
    allowCommands: z
      .array(z.string().regex(/^[A-Za-z_][\w.]*$/, 'must be the name of a command'))
      .default([])
      .describe("commands that only read and that Haldane does not know, such as an app's"),
    allowMacros: z
      .array(z.string().regex(/^[\w-]+$/, 'must be the name of a macro, without backticks and arguments'))
      .default([])
      .describe('macros a search may use; nobody checks what they stand for'),
    // A search reads raw events, which is slow.
    timeoutMillis: HttpAccountFields.timeoutMillis.default(120_000),
    // Splunk allows a user three concurrent searches by default.
    maxConcurrent: HttpAccountFields.maxConcurrent.default(3),
  })
  .meta({ id: 'SplunkAccount' });
export type SplunkAccount = z.infer<typeof SplunkAccount>;

/** Sessions have a scheme of their own; authentication tokens are ordinary bearer tokens. */
export function authorizeFor(account: SplunkAccount): Authorize {
  const { sessionKey } = account;
  if (!sessionKey) return accountCredentials(account);
  return async () => withSecretHeaders(account, { Authorization: `Splunk ${sessionKey}` }, [sessionKey]);
}
