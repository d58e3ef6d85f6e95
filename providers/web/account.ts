import { z } from 'zod';
import type { Authorize } from '../shared/credentials/authorize.ts';
import { SigV4 } from '../shared/credentials/aws-account.ts';
import { awsSigV4 } from '../shared/credentials/aws-credentials.ts';
import { OAuth2, oauth2Token } from '../shared/credentials/oauth2.ts';
import { HttpAccountFields, OptionalEndpoint } from '../shared/http/account.ts';

/** Scheme, optional `*.`, host, optional port, path: only the path may contain further `*`. */
export const URL_PATTERN = /^(https?):\/\/(\*\.)?([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(\/[^?#]*)$/i;

export const WebAccount = z
  .strictObject({
    ...HttpAccountFields,
    ...OptionalEndpoint,
    type: z.literal('web'),
    endpoint: OptionalEndpoint.endpoint.describe('what the urls of queries are relative to'),
    allowedUrlPatterns: z
      .array(z.string().regex(URL_PATTERN, 'must be like https://api.example.com/v1/* or https://*.example.com/*'))
      .default([])
      .describe('further addresses queries may name, with the credentials of this account; `*` is any text'),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe('whether those may be loopback, link-local or private addresses; endpoint.baseUrl always may'),
    oauth2: OAuth2.optional(),
    sigv4: SigV4.optional().describe('signs questions for AWS: the region, and how to get keys'),
    sigv4Service: z.string().min(1).default('execute-api').describe('as AWS calls the service when signing'),
    checkPath: z
      .string()
      .regex(/^\/[^\s#]*$/, "must begin with '/'")
      .optional()
      .describe('asked by health checks; any answer but a denial or an outage will do'),
  })
  .refine(({ endpoint, allowedUrlPatterns }) => endpoint !== undefined || allowedUrlPatterns.length > 0, {
    path: ['endpoint'],
    error: 'is needed, unless there are allowedUrlPatterns',
  })
  .refine(({ sigv4 }) => sigv4 === undefined || sigv4.region !== undefined, {
    path: ['sigv4', 'region'],
    error: 'is needed',
  })
  .refine(({ oauth2, sigv4 }) => oauth2 === undefined || sigv4 === undefined, {
    path: ['oauth2'],
    error: 'and sigv4 exclude each other; keep one of them',
  })
  .meta({ id: 'WebAccount' });
export type WebAccount = z.infer<typeof WebAccount>;

/** The account's authentication; undefined: the credentials every HTTP account may have. */
export function authorizeFor(account: WebAccount): Authorize | undefined {
  const { oauth2, sigv4, sigv4Service: service } = account;
  if (oauth2 !== undefined) return oauth2Token(account, oauth2);
  if (sigv4?.region === undefined) return undefined;
  return awsSigV4(account, { region: sigv4.region, service });
}
