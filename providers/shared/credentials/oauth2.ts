import { z } from 'zod';
import type { HttpAccount } from '../http/account.ts';
import type { Authorize } from './authorize.ts';
import { fetchToken } from './fetch-token.ts';
import { bearerToken } from './token-cache.ts';

/** Client credentials, RFC 6749, section 4.4. A field of an account. */
export const OAuth2 = z
  .strictObject({
    tokenUrl: z.url({ protocol: /^https?$/ }).describe('of the token endpoint, as a whole'),
    clientId: z.string().min(1).describe('as the issuer of tokens knows this service'),
    clientSecret: z.string().min(1).describe('write ${NAME} and set the variable'),
    scopes: z.array(z.string().min(1)).default([]).describe('what the token is asked for'),
    audience: z.string().min(1).optional().describe('what some issuers want to know besides the scopes'),
    clientAuthentication: z
      .enum(['client_secret_post', 'client_secret_basic'])
      .default('client_secret_post')
      .describe('where id and secret go: into the form, or into the Authorization header'),
  })
  .describe('asks for a bearer token with these client credentials');
export type OAuth2 = z.infer<typeof OAuth2>;

/** Bearer tokens of an OAuth 2.0 issuer. */
export function oauth2Token(account: HttpAccount, oauth2: OAuth2): Authorize {
  const { tokenUrl, clientId, clientSecret, scopes, audience, clientAuthentication } = oauth2;
  const isBasic = clientAuthentication === 'client_secret_basic';
  const basic = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64');
  const secrets = [clientSecret, ...(isBasic ? [basic] : [])];
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(audience === undefined ? {} : { audience }),
    ...(isBasic ? {} : { client_id: clientId, client_secret: clientSecret }),
  });
  return bearerToken({
    account,
    purpose: 'oauth2',
    secrets,
    issue: () =>
      fetchToken({
        account,
        url: tokenUrl,
        form,
        headers: isBasic ? { Authorization: `Basic ${basic}` } : {},
        secrets,
        remedy: "check the account's oauth2: tokenUrl, clientId, clientSecret, scopes",
      }),
  });
}

/** Section 2.3.1: both are form-encoded before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
