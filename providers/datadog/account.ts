import { z } from 'zod';
import { withSecretHeaders } from '../shared/credentials/authorize.ts';
import { ApiKey, describeHttpAccount, KeyedAccountFields, OptionalEndpoint } from '../shared/http/account.ts';
import type { Refusal } from '../shared/http/failures.ts';
import type { AnswerHeaders, HttpQuestion } from '../shared/http/http.ts';
import { wordsOf } from './answer.ts';

export const DatadogAccount = z
  .strictObject({
    ...KeyedAccountFields,
    ...OptionalEndpoint,
    type: z.literal('datadog'),
    apiKey: ApiKey,
    applicationKey: ApiKey.describe('queries need it besides the API key; its scope must include timeseries_query'),
    site: z
      .string()
      .regex(/^[a-z\d-]+(\.[a-z\d-]+)+$/, 'must be a host name such as datadoghq.eu')
      .default('datadoghq.com')
      .describe('where the organization is, e.g. datadoghq.eu or us3.datadoghq.com; asked at https://api.<site>'),
  })
  .meta({ id: 'DatadogAccount' });
export type DatadogAccount = z.infer<typeof DatadogAccount>;

/** What `GET /credentials` shows of it. */
export function describeAccount(account: DatadogAccount): Record<string, unknown> {
  return { ...describeHttpAccount(account), site: account.site };
}

/** What all questions to an account have in common. */
export function questionTo(account: DatadogAccount) {
  const { endpoint, site, apiKey, applicationKey } = account;
  return {
    account,
    baseUrl: endpoint?.baseUrl ?? `https://api.${site}`,
    authorize: async () => withSecretHeaders(account, { 'DD-API-KEY': apiKey, 'DD-APPLICATION-KEY': applicationKey }),
    readRefusal,
  } satisfies Partial<HttpQuestion>;
}

/** No request is left in the current period: the next one would be refused, and the refusals count too. */
export function readPause(headers: AnswerHeaders): number | undefined {
  return headers['x-ratelimit-remaining'] === '0' ? resetMillis(headers) : undefined;
}

function readRefusal(status: number, body: string, headers: AnswerHeaders): Refusal {
  const text = wordsOf(parsed(body));
  if (status === 401 || status === 403) {
    return {
      text,
      remedy: "check the account's apiKey and applicationKey, that both are of its site, and the key's permissions",
    };
  }
  const retryAfterMillis = status === 429 ? resetMillis(headers) : undefined;
  return retryAfterMillis === undefined ? { text } : { text, retryAfterMillis };
}

/** `X-RateLimit-Reset` counts seconds from now. */
function resetMillis(headers: AnswerHeaders): number | undefined {
  const seconds = headers['x-ratelimit-reset'];
  return seconds !== undefined && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
